#pragma once
// One URL of fetch: asks for it, again if that helps, and writes what comes.

#include "checksum.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/cli/progress.hpp"
#include "nettool/http/client.hpp"
#include "results.hpp"
#include "target.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace nettool::commands {

struct TransferSettings {
    bool fail_with_body = false;
    bool include = false;      // the head is written, too
    bool decodes = false;      // a content coding is taken off
    bool asks_range = false;   // of the user's
    bool header_name = false;  // the server names the file
    bool resume = false;
    bool timing = false;
    bool explain = false;
    std::string directory;
    unsigned retries = 0;
    std::chrono::milliseconds max_wait{60'000};  // before a retry
    std::optional<std::uint64_t> max_size;
    std::optional<Checksum> checksum;
};

class Transfer {
public:
    struct Parts {
        const http::Client& client;
        const TransferSettings& settings;
        cli::Progress& progress;
    };

    /// `path`: a file, or `-` for standard output.  All references outlive this.
    Transfer(cli::Context& context, const Parts& parts, http::Request request, std::string url,
             std::string path);

    /// Says what is wrong; throws only operation_aborted.
    awaitable<cli::ExitCode> run();

private:
    /// Why another try may help; or nothing.
    struct Trouble {
        std::string reason;
        cli::ExitCode code = cli::ExitCode::ok;
        bool passes = false;                            // by itself, perhaps
        std::optional<std::chrono::milliseconds> wait;  // that the server asks for
    };

    awaitable<Trouble> attempt();
    awaitable<Trouble> ask();
    static Trouble trouble_of(const http::Response& response);
    std::optional<std::chrono::milliseconds> wait_of(unsigned next, const Trouble& trouble) const;
    http::Request next_request();
    awaitable<void> write(http::Response& response);
    void open(const http::Response& response);
    bool goes_on(const http::Response& response);
    bool finish_if_whole(const http::Response& response);
    Source source_of(const http::Response& response) const;
    awaitable<void> receive(http::Response& response);
    void report(const http::Response& response);
    void tell(std::size_t tries) const;

    cli::Context& context_;
    Parts parts_;
    http::Request request_;
    std::string url_;
    std::string path_;
    std::optional<Target> target_;
    Verifier verifier_;
    http::Trail trail_;
    std::uint64_t skip_ = 0;  // bytes that standard output has already
    bool resuming_ = false;   // the request asks for the rest only
    std::string body_words_;  // what came, for --explain
    Fetched fetched_;
};

}  // namespace nettool::commands
