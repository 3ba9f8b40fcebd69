#pragma once
// A web site of canned answers for any number of clients at the same time.

#include "nettool/base/asio.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nettool::test {

inline std::string answer(const std::string& body, const std::string& fields = "",
                          const std::string& status = "200 OK") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           fields + "\r\n" + body;
}

/// Each answer is sent as it is; an unknown target gets a 404.  A connection stays while answers
/// are as long as they say, or end in HttpSite::hold.  `$PORT` in an answer is the site's own.
class HttpSite {
public:
    using Answers = std::map<std::string, std::string>;
    /// From the head of a request to the answer; nothing closes the connection.
    using Handler = std::function<std::string(const std::string& head)>;

    static constexpr std::string_view hold = "$HOLD";

    explicit HttpSite(Answers answers) : HttpSite(std::move(answers), nullptr) {}
    explicit HttpSite(Handler handler) : HttpSite({}, std::move(handler)) {}
    HttpSite(const HttpSite&) = delete;
    HttpSite& operator=(const HttpSite&) = delete;
    ~HttpSite() {
        done_ = true;
        asio::ip::tcp::iostream poke("127.0.0.1", port());
        thread_.join();
    }

    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
    std::string url(const std::string& path = "/") const {
        return "http://127.0.0.1:" + port() + path;
    }

    /// From now on.
    void set(const std::string& target, std::string reply) {
        const std::lock_guard lock(mutex_);
        answers_[target] = std::move(reply);
    }

    /// The heads so far, in the order they came.
    std::vector<std::string> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    /// Those whose target is this one.
    std::vector<std::string> requests(const std::string& target) const {
        auto all = requests();
        std::erase_if(all, [&](const std::string& head) { return target_of(head) != target; });
        return all;
    }
    std::size_t connections() const {
        const std::lock_guard lock(mutex_);
        return connections_;
    }

    static std::string target_of(const std::string& head) {
        const auto begin = head.find(' ') + 1;
        return head.substr(begin, head.find(' ', begin) - begin);
    }

private:
    HttpSite(Answers answers, Handler handler)
        : acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}),
          answers_(std::move(answers)),
          handler_(std::move(handler)),
          thread_([this] { accept(); }) {}

    // Whether a client knows where it ends.
    static bool is_whole(const std::string& reply) {
        constexpr std::string_view field = "Content-Length: ";
        const auto end = reply.find("\r\n\r\n");
        const auto length = reply.find(field);
        if (end == reply.npos || length == reply.npos || length > end) return false;
        return reply.size() - end - 4 == std::stoull(reply.substr(length + field.size()));
    }

    void accept() {
        std::vector<std::jthread> clients;
        for (;;) {
            auto stream = std::make_unique<asio::ip::tcp::iostream>();
            acceptor_.accept(stream->socket());
            if (done_) return;
            const std::lock_guard lock(mutex_);
            ++connections_;
            clients.emplace_back([this, stream = std::move(stream)] { serve(*stream); });
        }
    }

    void serve(asio::ip::tcp::iostream& stream) {
        using namespace std::chrono_literals;
        stream.expires_after(20s);
        for (;;) {
            std::string head, line;
            while (std::getline(stream, line) && line != "\r") head += line + "\n";
            if (!stream) return;
            auto reply = reply_to(head);
            const bool holds = reply.ends_with(hold);
            if (holds) reply.resize(reply.size() - hold.size());
            stream << reply << std::flush;
            if (holds) continue;
            if (!is_whole(reply) || reply.find("Connection: close") != reply.npos) return;
        }
    }

    std::string reply_to(const std::string& head) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(head);
        if (handler_) return handler_(head);
        const auto found = answers_.find(target_of(head));
        auto reply =
            found == answers_.end() ? answer("not here", "", "404 Not Found") : found->second;
        if (const auto at = reply.find("$PORT"); at != reply.npos) reply.replace(at, 5, port());
        return reply;
    }

    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    mutable std::mutex mutex_;
    Answers answers_;
    Handler handler_;
    std::vector<std::string> requests_;
    std::size_t connections_ = 0;
    std::atomic<bool> done_ = false;
    std::thread thread_;
};

}  // namespace nettool::test
