#pragma once
// Gets the images of a page: several at a time, few from each host.

#include "nettool/cli/command.hpp"
#include "nettool/cli/progress.hpp"
#include "nettool/net/task_group.hpp"
#include "page.hpp"
#include "picture_store.hpp"
#include "robots_rules.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nettool::commands {

class Downloads {
public:
    struct Parts {
        const http::Client& client;
        const MirrorSettings& settings;
        const Page& page;
        PictureStore& store;
        RobotsRules& robots;
    };

    /// All of them outlive this.
    Downloads(cli::Context& context, const Parts& parts);

    /// All images, each reported when it is done.  Throws StoreFailure where none could be kept.
    awaitable<void> run();

    /// In the order of the page; without a result where it was stopped.
    const std::vector<Image>& images() const noexcept { return images_; }
    std::uint64_t received_bytes() const noexcept { return received_; }

private:
    using Clock = std::chrono::steady_clock;

    struct Host {
        std::deque<std::size_t> waiting;  // images
        Clock::time_point next;           // when the next request may begin
    };
    class Receiver;

    awaitable<void> learn_robots();
    awaitable<void> work();
    awaitable<void> serve(Host& host);
    awaitable<void> download(std::size_t index);
    awaitable<void> ask(std::size_t index);
    void unpack(std::size_t index);
    http::Request request_for(std::size_t index) const;
    bool is_unchanged(const http::Response& response, std::size_t index);
    void report(std::size_t index);

    cli::Context& context_;
    Parts parts_;
    net::TaskGroup group_;
    cli::Progress progress_;
    std::vector<Image> images_;
    std::vector<std::string> names_;
    std::map<std::string, Host> hosts_;
    std::deque<Host*> turns_;  // a host stands here once for each connection it may have
    std::optional<StoreFailure> fatal_;
    std::exception_ptr unexpected_;
    std::uint64_t received_ = 0;
    std::size_t done_ = 0;
};

}  // namespace nettool::commands
