#pragma once
// The loop of an HTTP/1 server connection: a head, a judgment, a handler, and again.

#include "nettool/http/exchange.hpp"

#include <functional>
#include <memory>

namespace nettool::http {

class Server {
public:
    /// Sends exactly one response; an error is that of the lost connection.
    using Handler = std::function<awaitable<result<void>>(Exchange&)>;
    /// Hears of every request that got an answer, also of those that were refused.
    using Observer = std::function<void(const Exchange&)>;

    /// What is ready to be sent for this request; nothing: the handler answers it.
    using Shortcut = std::function<std::shared_ptr<const ReadyResponse>(const Exchange&)>;

    Server(ServerLimits limits, Handler handler, Observer observer)
        : limits_(limits), handler_(std::move(handler)), observer_(std::move(observer)) {}

    /// Asked before the handler, for requests without a body.
    void answer_shortly(Shortcut shortcut) { shortcut_ = std::move(shortcut); }

    /// Until the client leaves, keeps silent for the stream's idle limit, or breaks a rule; a
    /// request to stop ends it between two requests.  `received`: what was read of the first
    /// request before it was known to be one.
    awaitable<void> serve(net::Stream stream, std::string received = {}) const;

private:
    struct Head;
    struct Ready;
    enum class Answered { sent, partly, otherwise, lost };

    awaitable<bool> answer_ready(net::Stream& stream, net::Input& input, RequestHead& head) const;
    Answered answer_now(net::Stream& stream, net::Input& input, Ready& ready) const;
    awaitable<bool> finish_ready(net::Stream& stream, net::Input& input, Ready& ready) const;
    awaitable<bool> read_head(net::Input& input, Head& head) const;
    awaitable<bool> answer(net::Stream& stream, net::Input& input, const Head& head) const;

    ServerLimits limits_;
    Handler handler_;
    Observer observer_;
    Shortcut shortcut_;
};

}  // namespace nettool::http
