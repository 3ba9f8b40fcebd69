#include "nettool/net/limits.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>

#include <sys/resource.h>

namespace nettool::net {

struct Deadline::State {
    asio::steady_timer timer;
    std::function<void()> expire;
    bool expired = false;
};

Deadline::Deadline(const asio::any_io_executor& executor, std::chrono::nanoseconds limit,
                   std::function<void()> expire)
    : state_(
          std::make_shared<State>(State{asio::steady_timer(executor), std::move(expire), false})) {
    if (limit.count() == 0) return;
    state_->timer.expires_after(limit);
    state_->timer.async_wait([state = state_](error_code ec) {
        if (ec || !state->expire) return;
        state->expired = true;
        state->expire();
    });
}

Deadline::~Deadline() {
    state_->expire = nullptr;
    state_->timer.cancel();
}

bool Deadline::expired() const noexcept { return state_->expired; }

void provide_descriptors(std::size_t connections) {
    constexpr std::size_t others = 64;  // listeners, epoll, logs, files
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const auto wanted = std::min<rlim_t>(connections + others, limit.rlim_max);
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = wanted;
    ::setrlimit(RLIMIT_NOFILE, &limit);  // refused: accept() will say so when it matters
}

}  // namespace nettool::net
