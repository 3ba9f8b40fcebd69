// What a Stream moves past our memory, between its socket and a pipe (splice(2)).

#include "stream_state.hpp"

#include <fcntl.h>

namespace nettool::net {
namespace {

// Never SPLICE_F_MORE: the kernel would hold back what is not a full segment for 200 ms.
constexpr unsigned how = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

}  // namespace

bool Stream::can_splice() const noexcept { return !state_->tls() && !state_->observed(); }
bool Stream::can_splice_out() const noexcept { return can_splice() && !state_->faults; }

result<std::size_t> Stream::splice_now(int pipe, std::size_t most) {
    error_code ec = stop_blocking(state_->socket());
    if (ec) return ec;
    state_->stay_awake();
    const auto n = ::splice(state_->socket().native_handle(), nullptr, pipe, nullptr, most, how);
    ec = n < 0 ? last_error() : error_code();
    if (n == 0) ec = asio::error::eof;
    if (would_wait(ec)) return error_code(asio::error::would_block);
    ec = state_->finished(Direction::in, asio::mutable_buffer(), 0, ec);
    if (ec) return ec;
    return static_cast<std::size_t>(n);
}

awaitable<result<std::size_t>> Stream::splice(int pipe, std::size_t most) {
    const auto state = state_;
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    for (;;) {
        co_await give_way();
        if (State::is_cancelled(cancellation)) co_return error_code(asio::error::operation_aborted);
        const auto size = splice_now(pipe, most);
        if (size.error() != asio::error::would_block) co_return size;
        const auto come = co_await wait_readable();
        if (!come) co_return come.error();
    }
}

awaitable<result<void>> Stream::splice_out(int pipe, std::size_t size) {
    const auto state = state_;
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    error_code ec = stop_blocking(state->socket());
    if (ec) co_return ec;
    while (size > 0) {
        co_await give_way();
        if (State::is_cancelled(cancellation)) co_return asio::error::operation_aborted;
        state->stay_awake();
        const auto n = ::splice(pipe, nullptr, state->socket().native_handle(), nullptr, size, how);
        ec = n < 0 ? last_error() : error_code();
        if (n > 0) size -= static_cast<std::size_t>(n);
        if (would_wait(ec)) {
            state->in_a_row = 0;
            std::tie(ec) = co_await state->socket().async_wait(Socket::wait_write, no_throw);
        }
        ec = state->finished(Direction::out, asio::const_buffer(), 0, ec);
        if (ec) co_return ec;
    }
    co_return result<void>();
}

}  // namespace nettool::net
