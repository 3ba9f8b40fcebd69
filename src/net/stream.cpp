#include "nettool/net/stream.hpp"

#include "kernel_rtt.hpp"
#include "stream_state.hpp"
#include "tls_judge.hpp"
#include "tls_keys.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <array>

#include <netinet/in.h>
#include <netinet/tcp.h>

namespace nettool::net {

using namespace std::chrono_literals;

Stream::Stream(Socket socket, Flow flow, const StreamOptions& options)
    : state_(std::make_shared<State>(std::move(socket), std::move(flow), options)) {}

Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;
Stream::~Stream() = default;

Stream::executor_type Stream::get_executor() const noexcept {
    return state_->socket().get_executor();
}
const Flow& Stream::flow() const noexcept { return state_->flow(); }
bool Stream::is_tls() const noexcept { return state_->tls() != nullptr; }
void Stream::limit_idle(std::chrono::milliseconds idle) { state_->set_idle(idle); }
void Stream::end_by(Clock::time_point deadline) { state_->set_deadline(deadline); }
void Stream::end_whenever() { state_->set_deadline(Clock::time_point::max()); }

// One erased read or write: begins on whichever layer there is, then lets the state judge the
// outcome.
template <Direction direction, class Buffers>
class Stream::Operation {
public:
    Operation(std::shared_ptr<State> state, const Buffers& buffers)
        : state_(std::move(state)), buffers_(buffers), begin_(state_->now_if_observed()) {}

    template <class Self>
    void operator()(Self& self) {
        self.reset_cancellation_state(asio::enable_total_cancellation());
        const auto state = state_;  // self, and with it state_, is about to move away
        state->stay_awake();
        if (auto* tls = state->tls())
            begin(*tls, std::move(self));
        else
            begin(state->wire(), std::move(self));
    }

    template <class Self>
    void operator()(Self& self, error_code ec, std::size_t size) {
        const auto begin = direction == Direction::in ? WallTime() : begin_;
        ec = state_->finished(direction, buffers_, size, ec, begin);
        self.complete(ec, size);
    }

private:
    template <class Layer, class Self>
    void begin(Layer& layer, Self&& self) {
        const Buffers buffers = buffers_;  // self owns this operation and moves away
        if constexpr (direction == Direction::in)
            layer.async_read_some(buffers, std::forward<Self>(self));
        else
            layer.async_write_some(buffers, std::forward<Self>(self));
    }

    std::shared_ptr<State> state_;
    Buffers buffers_;
    WallTime begin_;
};

void Stream::start_read(asio::mutable_buffer buffer, IoHandler handler) {
    Operation<Direction::in, asio::mutable_buffer> operation(state_, buffer);
    asio::async_compose<IoHandler, void(error_code, std::size_t)>(std::move(operation), handler,
                                                                  get_executor());
}

void Stream::start_write(const Gathered& buffers, IoHandler handler) {
    Operation<Direction::out, Gathered> operation(state_, buffers);
    asio::async_compose<IoHandler, void(error_code, std::size_t)>(std::move(operation), handler,
                                                                  get_executor());
}

awaitable<result<std::size_t>> Stream::read(asio::mutable_buffer buffer,
                                            std::chrono::milliseconds gap) {
    const auto state = state_;
    std::size_t size = 0;
    error_code ec = asio::error::would_block;
    const bool at_once = state->more_expected && !state->tls();
    if (at_once) co_await give_way();
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (State::is_cancelled(cancellation)) co_return error_code(asio::error::operation_aborted);
    state->stay_awake();
    if (at_once) ec = state->wire().receive_now(buffer, size);
    if (ec == asio::error::would_block || ec == asio::error::interrupted) {
        state->in_a_row = 0;
        if (gap > 0ms) state->expect_within(gap);
        if (auto* tls = state->tls()) {
            std::tie(ec, size) = co_await tls->async_read_some(buffer, no_throw);
        } else {
            // Past the layer that observes for TLS: a composed operation would cost more.
            std::tie(ec, size) = co_await state->socket().async_read_some(buffer, no_throw);
            state->wire().received(buffer, size, ec);
        }
    }
    // A reader that got all that it had room for will find more; one that did not, would not.
    state->more_expected = size == buffer.size();
    ec = state->finished(Direction::in, buffer, size, ec);
    if (gap > 0ms) state->expect_no_longer();
    if (ec) co_return ec;
    co_return size;
}

awaitable<result<void>> Stream::wait_readable(std::chrono::milliseconds gap) {
    const auto state = state_;
    BOOST_ASSERT(!state->tls());
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (State::is_cancelled(cancellation)) co_return error_code(asio::error::operation_aborted);
    state->stay_awake();
    state->in_a_row = 0;
    if (gap > 0ms) state->expect_within(gap);
    auto [ec] = co_await state->socket().async_wait(Socket::wait_read, no_throw);
    ec = state->finished(Direction::in, asio::mutable_buffer(), 0, ec);
    if (gap > 0ms) state->expect_no_longer();
    if (ec) co_return ec;
    co_return result<void>();
}

namespace {

// As recv() has it, of the first byte, which stays where it is.
ssize_t look_at_first(Stream::Socket& socket, char& first) {
    return ::recv(socket.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
}

}  // namespace

std::optional<char> Stream::peek() {
    char first = 0;
    return look_at_first(state_->socket(), first) == 1 ? std::optional(first) : std::nullopt;
}

bool Stream::has_finished() const {
    char first = 0;
    return look_at_first(state_->socket(), first) == 0;
}

bool Stream::is_quiet() const {
    if (!state_->socket().is_open()) return false;
    if (state_->tls() && has_unread(state_->tls()->native_handle())) return false;
    char first = 0;
    return look_at_first(state_->socket(), first) < 0 && (errno == EAGAIN || errno == EINTR);
}

result<std::size_t> Stream::read_now(asio::mutable_buffer buffer) {
    std::size_t size = 0;
    state_->stay_awake();
    error_code ec = state_->wire().receive_now(buffer, size);
    if (ec == asio::error::would_block || ec == asio::error::interrupted)
        return error_code(asio::error::would_block);
    ec = state_->finished(Direction::in, buffer, size, ec);
    if (ec) return ec;
    return size;
}

struct Stream::ResetWatch::Shared {
    std::function<void()> then;
    asio::cancellation_signal end;
};

Stream::ResetWatch::ResetWatch(Stream& stream, std::function<void()> then)
    : shared_(std::make_shared<Shared>()) {
    shared_->then = std::move(then);
    auto hear = [shared = shared_](error_code ec) {
        if (!ec && shared->then) shared->then();
    };
    stream.state_->socket().async_wait(
        Socket::wait_error, asio::bind_cancellation_slot(shared_->end.slot(), std::move(hear)));
}

Stream::ResetWatch::~ResetWatch() {
    shared_->then = nullptr;
    shared_->end.emit(asio::cancellation_type::terminal);
}

void Stream::show_as(Disguise disguise) { state_->show_as(std::move(disguise)); }

awaitable<result<void>> Stream::start_tls(TlsContext context, std::string host, Doubt doubt) {
    const auto state = state_;
    auto& tls = state->make_tls(context);
    const bool client = flow().side == Side::client;
    if (client && !host.empty() && !expect_host(tls.native_handle(), std::move(host)))
        co_return error_code(asio::error::invalid_argument);
    if (doubt == Doubt::is_noted) only_note_doubts(tls.native_handle());
    state->stay_awake();
    const auto side = client ? asio::ssl::stream_base::client : asio::ssl::stream_base::server;
    auto [ec] = co_await tls.async_handshake(side, no_throw);
    ec = state->finished(Direction::in, asio::mutable_buffer(), 0, ec);
    if (ec) co_return ec;
    co_return result<void>();
}

result<void> Stream::shut_down() {
    if (state_->tls()) return error_code(asio::error::operation_not_supported);
    error_code ec;
    state_->socket().shutdown(asio::socket_base::shutdown_send, ec);
    if (ec) return ec;
    state_->sent_fin = true;
    state_->wire().note(Event::Kind::shut_down);
    return {};
}

awaitable<void> Stream::finish() {
    const auto state = state_;
    state->set_idle(0ms);
    state->set_deadline(Clock::now() + 1s);
    if (auto* tls = state->tls()) (void)co_await tls->async_shutdown(no_throw);
    error_code ec;  // the peer may be gone already
    if (!std::exchange(state->sent_fin, true)) {
        state->socket().shutdown(asio::socket_base::shutdown_send, ec);
        if (!ec) state->wire().note(Event::Kind::shut_down);
    }
    std::array<char, 4096> rest;
    while (!ec) {
        auto [failed, size] = co_await state->wire().async_read_some(asio::buffer(rest), no_throw);
        ec = failed;
    }
}

void Stream::acknowledge_quickly() {
    const int on = 1;
    ::setsockopt(state_->socket().native_handle(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

std::chrono::microseconds Stream::round_trip_time() const {
    const auto rtt = kernel_rtt(state_->socket().native_handle());
    return rtt ? rtt->smoothed : std::chrono::microseconds(0);
}

}  // namespace nettool::net
