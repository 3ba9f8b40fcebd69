#pragma once
// A server of canned replies, one connection each, which remembers what it was asked.

#include "nettool/base/asio.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace nettool::test {

/// Every reply is sent as it is behind the head of the request, and the connection closed.  `$PORT`
/// in a reply is the server's own.
class ScriptedHttp {
public:
    explicit ScriptedHttp(std::vector<std::string> replies)
        : acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}),
          replies_(std::move(replies)),
          thread_([this] { run(); }) {}
    ScriptedHttp(const ScriptedHttp&) = delete;
    ScriptedHttp& operator=(const ScriptedHttp&) = delete;
    ~ScriptedHttp() { join(); }

    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
    std::string url(const std::string& path = "/") const {
        return "http://127.0.0.1:" + port() + path;
    }

    /// The heads of the requests, once all replies have been given.
    const std::vector<std::string>& requests() {
        join();
        return requests_;
    }

private:
    void join() {
        if (!thread_.joinable()) return;
        // Whoever was not asked is asked now, so that no test waits for it.
        for (std::size_t i = 0; i < replies_.size() && !done_; ++i) {
            asio::ip::tcp::iostream poke("127.0.0.1", port());
            poke << "POKE\r\n\r\n" << std::flush;
        }
        thread_.join();
    }

    void run() {
        using namespace std::chrono_literals;
        for (auto reply : replies_) {
            asio::ip::tcp::iostream stream;
            acceptor_.accept(stream.socket());
            stream.expires_after(30s);
            std::string head, line;
            while (std::getline(stream, line) && line != "\r") head += line + "\n";
            if (head.starts_with("POKE")) break;
            requests_.push_back(head);
            if (const auto at = reply.find("$PORT"); at != reply.npos) reply.replace(at, 5, port());
            stream << reply << std::flush;
        }
        done_ = true;
    }

    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    std::vector<std::string> replies_;
    std::vector<std::string> requests_;
    std::atomic<bool> done_ = false;
    std::thread thread_;
};

}  // namespace nettool::test
