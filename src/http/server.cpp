#include "nettool/http/server.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/http/head_reader.hpp"
#include "nettool/http/plain_head.hpp"
#include "nettool/net/task_group.hpp"

#include <algorithm>

namespace nettool::http {

using Clock = std::chrono::steady_clock;

/// Its views refer to `raw`, so it stays where it is.
struct Server::Head {
    std::string raw;
    RequestHead request;
    std::optional<Refusal> refusal;
};

awaitable<void> Server::serve(net::Stream stream, std::string received) const {
    net::Input input(stream, limits_.head.head_bytes + 1024);
    if (!received.empty()) input.put(received);
    Head head;
    bool goes_on = true;
    while (goes_on) {
        co_await net::hear_requests_to_stop();
        const bool goes_on_here = co_await answer_ready(stream, input, head.request);
        const bool come = goes_on_here && co_await read_head(input, head);
        const bool stopped = co_await net::stop_requested();
        if (!come || stopped) break;
        co_await net::note_requests_to_stop();
        goes_on = co_await answer(stream, input, head);
        const auto meanwhile = co_await asio::this_coro::cancellation_state;
        if (net::is_drop(meanwhile.cancelled())) co_return;
        const bool last = co_await net::stop_requested();
        if (last) break;
    }
    co_await stream.finish();
}

/// What became of a request that might be answered at once, and of the time between them.
struct Server::Ready {
    RequestHead& head;
    std::shared_ptr<const ReadyResponse> response{};
    std::size_t sent = 0;
    static constexpr int busy = 3;
    int in_a_row = 0;  // requests that came soon after the one before, up to `busy`
    Clock::time_point last{};
};

// The requests that need no coroutine of their own: what is sent for them is there.  Between them
// an idle connection costs no buffer.  False when the connection has ended; else there is, or
// begins, a request that is not one of them.
awaitable<bool> Server::answer_ready(net::Stream& stream, net::Input& input,
                                     RequestHead& head) const {
    if (stream.is_tls()) co_return true;
    Ready ready{head};
    for (;;) {
        if (input.bytes().empty() && ready.in_a_row < Ready::busy) {
            const auto come = co_await input.more_some_day();
            if (!come) co_return false;
        } else if (input.bytes().empty()) {
            const auto come = co_await stream.read(input.room());
            if (!come) co_return false;
            input.added(*come);
        }
        const auto step = answer_now(stream, input, ready);
        if (step == Answered::otherwise) co_return true;
        if (step == Answered::lost) co_return false;
        if (step == Answered::sent) continue;
        const bool goes_on = co_await finish_ready(stream, input, ready);
        if (!goes_on) co_return false;
    }
}

// No coroutine, so that nothing of it is kept while the connection waits.
Server::Answered Server::answer_now(net::Stream& stream, net::Input& input, Ready& ready) const {
    constexpr auto soon = std::chrono::milliseconds(50);
    if (!shortcut_) return Answered::otherwise;
    const auto size = read_plain_head(input.bytes(), limits_.head, ready.head);
    if (!size) return Answered::otherwise;
    Exchange exchange(stream, input, ready.head, limits_);
    auto response = shortcut_(exchange);
    if (!response) return Answered::otherwise;
    const bool is_soon = exchange.begun() - ready.last < soon;
    ready.in_a_row = is_soon ? std::min(ready.in_a_row + 1, Ready::busy) : 0;
    ready.last = exchange.begun();
    const auto sent = exchange.respond_now(*response);
    if (!sent) return Answered::lost;
    observer_(exchange);
    input.take(*size);
    if (*sent == response->text().size()) return Answered::sent;
    ready.sent = *sent;
    ready.response = std::move(response);
    return Answered::partly;
}

// No request to stop cuts a response in two.
awaitable<bool> Server::finish_ready(net::Stream& stream, net::Input& input, Ready& ready) const {
    co_await net::note_requests_to_stop();
    Exchange exchange(stream, input, ready.head, limits_);
    const auto finished = co_await exchange.finish(ready.response->text().substr(ready.sent));
    ready.response.reset();
    stream.end_whenever();
    const bool stopped = co_await net::stop_requested();
    if (!finished || stopped) co_return false;
    co_await net::hear_requests_to_stop();
    co_return true;
}

// False when there is nothing to answer.
awaitable<bool> Server::read_head(net::Input& input, Head& head) const {
    if (input.bytes().empty()) input.release();
    auto arrival = co_await receive_request_head(input, limits_.head, limits_.head_time, head.raw);
    if (arrival.error) co_return false;
    head.refusal = arrival.refusal;
    if (head.refusal)
        head.request = {};
    else
        head.refusal = judge_request(head.raw, limits_.head, head.request);
    co_return true;
}

// Whether the connection can be used again.
awaitable<bool> Server::answer(net::Stream& stream, net::Input& input, const Head& head) const {
    Exchange exchange(stream, input, head.request, limits_);
    result<void> answered;
    if (head.refusal) {
        exchange.close_afterwards();
        HeadWriter writer(head.refusal->status);
        if (head.refusal->status == 405) writer.field("Allow", "GET, HEAD, OPTIONS");
        answered = co_await exchange.refuse(std::move(writer), head.refusal->why);
    } else {
        answered = co_await handler_(exchange);
        stream.end_whenever();  // the time was this response's
    }
    if (exchange.status() != 0) observer_(exchange);
    // Where the end of the body is that of the connection, a FIN would say that this was all.
    const error_code ec = answered.error();
    if (ec == Errc::file_changed || ec == Errc::message_too_long) stream.reset();
    if (!answered || !exchange.keeps_alive()) co_return false;
    co_return co_await exchange.drop_body();
}

}  // namespace nettool::http
