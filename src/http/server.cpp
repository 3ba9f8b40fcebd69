#include "nettool/http/server.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/net/task_group.hpp"

namespace nettool::http {

using Clock = std::chrono::steady_clock;

/// Its views refer to `raw`, so it stays where it is.
struct Server::Head {
    std::string raw;
    RequestHead request;
    std::optional<Refusal> refusal;
};

awaitable<void> Server::serve(net::Stream stream, std::string received) const {
    Input input(stream, limits_.head.head_bytes + 1024);
    if (!received.empty()) input.put(received);
    Head head;
    bool goes_on = true;
    while (goes_on) {
        co_await net::hear_requests_to_stop();
        const bool come = co_await read_head(input, head);
        const bool stopped = co_await net::stop_requested();
        if (!come || stopped) break;
        co_await net::note_requests_to_stop();
        goes_on = co_await answer(stream, input, head);
        const bool last = co_await net::stop_requested();
        if (last) break;
    }
    co_await stream.finish();
}

// False when there is nothing to answer.
awaitable<bool> Server::read_head(Input& input, Head& head) const {
    using Progress = HeadScanner::Progress;
    HeadScanner scanner(limits_.head, Strictness::strict);
    auto progress = Progress::more;
    std::optional<Clock::time_point> deadline;
    if (input.bytes().empty()) input.release();
    for (;;) {
        if (!input.bytes().empty()) {
            progress = scanner.scan(input.bytes());
            if (progress != Progress::more) break;
            if (!deadline) deadline = Clock::now() + limits_.head_time;
        }
        auto gap = std::chrono::milliseconds(0);
        if (deadline) gap = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now());
        const bool late = deadline && gap.count() <= 0;
        error_code ec = Errc::paused;
        if (!late) {
            const auto more = co_await input.more(gap);
            ec = more.error();
        }
        if (!ec) continue;
        if (ec != Errc::paused) co_return false;
        head.refusal = Refusal{408, "the head did not come in time"};
        head.request = {};
        co_return true;
    }
    head.refusal.reset();
    if (progress != Progress::whole) {
        head.request = {};
        head.refusal = refusal_of(progress);
        co_return true;
    }
    head.raw = input.bytes().substr(scanner.begin(), scanner.size() - scanner.begin());
    input.take(scanner.size());
    head.refusal = judge_request(head.raw, limits_.head, head.request);
    co_return true;
}

// Whether the connection can be used again.
awaitable<bool> Server::answer(net::Stream& stream, Input& input, const Head& head) const {
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
    if (!answered || !exchange.keeps_alive()) co_return false;
    co_return co_await exchange.drop_body();
}

}  // namespace nettool::http
