#pragma once
// The proxy's live page in a small server of its own, told of made-up requests.

#include "nettool/cli/workers.hpp"
#include "proxy_server/live_page.hpp"
#include "support/running_command.hpp"
#include "support/serve_http.hpp"
#include "support/transaction.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/parse.hpp>

#include <csignal>
#include <future>
#include <memory>
#include <string>
#include <thread>

namespace nettool::test {

/// The destructor stops it as Ctrl-C would.
class RunningPage {
public:
    explicit RunningPage(const commands::KeptRequests::Limits& limits)
        : page_(context(), cli::Server(0, std::chrono::seconds(60)).page(0), limits) {
        std::signal(SIGPIPE, SIG_IGN);
        page_.is_first({"127.0.0.1", 8888});
        auto place = announced_.get_future();
        auto served = page_.serve();
        end_ = asio::co_spawn(strand_, std::move(served),
                              asio::bind_cancellation_slot(stop_.slot(), asio::use_future));
        thread_ = std::jthread([this] { io_.run(); });
        place_ = place.get();
    }
    ~RunningPage() {
        if (end_.valid()) stop();
    }
    RunningPage(const RunningPage&) = delete;
    RunningPage& operator=(const RunningPage&) = delete;

    void stop() {
        asio::post(strand_, [this] { stop_.emit(asio::cancellation_type::all); });
        end_.get();
        thread_.join();
    }

    commands::LivePage& observer() { return page_; }
    const net::Endpoint& place() const { return place_; }

private:
    cli::Context& context() {
        context_.on_listening = [this](const net::Endpoint& at) { announced_.set_value(at); };
        return context_;
    }

    asio::io_context io_;
    asio::any_io_executor strand_ = asio::make_strand(io_);
    asio::cancellation_signal stop_;
    cli::StringSink results_, diagnostics_;
    cli::Output output_{results_, cli::Output::Format::human};
    const cli::Log log_{diagnostics_, cli::Log::Level::normal, "test", false};
    cli::Context context_{strand_, io_.get_executor(), output_, log_};
    std::promise<net::Endpoint> announced_;
    net::Endpoint place_;
    commands::LivePage page_;
    std::future<void> end_;
    std::jthread thread_;
};

class LivePageTest : public testing::Test {
protected:
    void start(const commands::KeptRequests::Limits& limits = {}) {
        running_ = std::make_unique<RunningPage>(limits);
    }
    commands::LivePage& page() { return running_->observer(); }

    /// Tells the page of a whole request.
    void pass(const proxy::Transaction& transaction) {
        page().begun(transaction);
        page().ended(transaction);
    }
    void pass(std::uint64_t id) { pass(sample_transaction(id)); }

    std::string exchange(std::string_view bytes) {
        LineClient client(running_->place());
        client.send(bytes);
        return client.rest();
    }
    std::string ask(const std::string& target, const std::string& fields = "",
                    const std::string& method = "GET") {
        return exchange(method + " " + target +
                        " HTTP/1.1\r\nHost: " + to_string(running_->place()) + "\r\n" + fields +
                        "Connection: close\r\n\r\n");
    }
    boost::json::value parsed(const std::string& target) {
        return boost::json::parse(body_of(ask(target)));
    }
    /// Of the requests that are kept: `3 2 1 `.
    std::string ids(const std::string& query = "") {
        const auto requests = parsed("/api/requests" + query);
        std::string all;
        for (const auto& request : requests.as_array())
            all += std::to_string(request.at("id").to_number<std::uint64_t>()) + " ";
        return all;
    }

    std::unique_ptr<RunningPage> running_;
};

}  // namespace nettool::test
