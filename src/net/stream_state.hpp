#pragma once
// The inside of a Stream: its socket, its TLS layer once there is one, its time limits, its taps.

#include "nettool/base/errc.hpp"
#include "nettool/net/stream.hpp"
#include "tls_keys.hpp"
#include "wire.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <utility>

namespace nettool::net {

/// Whether a system call has nothing to do yet.
inline bool would_wait(error_code ec) {
    return ec == asio::error::would_block || ec == asio::error::interrupted;
}

/// For system calls of our own: Asio sees to that with the first operation that waits, and there
/// may have been none.
inline error_code stop_blocking(Stream::Socket& socket) {
    error_code ec;
    if (!socket.native_non_blocking()) socket.native_non_blocking(true, ec);
    return ec;
}

/// Shared with its timers and with operations in flight, so all of them may outlive the Stream.
/// Everything happens on the socket's executor.
class Stream::State final : public KeyListener, public std::enable_shared_from_this<State> {
public:
    using Tls = asio::ssl::stream<Wire&>;

    State(Socket socket, Flow flow, const StreamOptions& options)
        : flow_(std::move(flow)),
          messages_(options.taps.messages),
          idle_(options.idle),
          watchdog_(socket.get_executor()),
          gap_timer_(socket.get_executor()),
          wire_(std::move(socket), flow_, options.taps.wire) {
        if (options.faults.any())
            faults = std::make_unique<StreamFaults>(options.faults, options.connection);
        const bool client = flow_.side == Side::client;
        note(client ? Event::Kind::connected : Event::Kind::accepted);
    }

    ~State() { note(Event::Kind::closed); }

    const Flow& flow() const { return flow_; }
    Wire& wire() { return wire_; }
    Socket& socket() { return wire_.socket(); }
    Tls* tls() { return tls_.get(); }

    Tls& make_tls(const TlsContext& context) {
        context_ = context;
        tls_ = std::make_unique<Tls>(wire_, *context);
        if (wire_.tap()) listen_for_keys(tls_->native_handle(), this);
        return *tls_;
    }

    void keys(std::string_view line) override {
        wire_.tap()->observe(
            {Event::Kind::key_log, std::chrono::system_clock::now(), flow_, bytes_of(line)});
    }

    void set_idle(std::chrono::milliseconds idle) {
        idle_ = idle;
        stay_awake();
    }

    void stay_awake() {
        if (idle_.count() == 0) {
            idle_end_ = Clock::time_point::max();
            return;
        }
        idle_end_ = Clock::now() + idle_;
        if (!watched_ || idle_end_ < watchdog_.expiry()) watch();
    }

    void set_deadline(Clock::time_point deadline) {
        deadline_ = deadline;
        const bool ends = deadline != Clock::time_point::max();
        if (ends && (!watched_ || deadline < watchdog_.expiry())) watch();
    }

    /// The read about to begin ends as Errc::paused when nothing comes for `gap`; so would a
    /// write.
    void expect_within(std::chrono::milliseconds gap) {
        paused_ = false;
        gap_end_ = Clock::now() + gap;
        if (!gap_watched_ || gap_end_ < gap_timer_.expiry()) watch_gap();
    }

    void expect_no_longer() {
        gap_end_ = Clock::time_point::max();
        paused_ = false;
    }

    /// The one place where plaintext passes.  The peer of an idle socket learns nothing; our own
    /// operation learns why it was cut short.
    template <class Buffers>
    error_code finished(Direction direction, const Buffers& buffers, std::size_t size,
                        error_code ec, WallTime begin = {}) {
        if (direction == Direction::in) read_since_ = true;
        if (messages_) {
            const bool in = direction == Direction::in;
            const auto kind = in ? Event::Kind::received : Event::Kind::sent;
            if (begin == WallTime()) begin = std::chrono::system_clock::now();
            if (disguise_)
                observe_disguised(kind, begin, buffers, size);
            else
                observe_bytes(messages_, flow_, kind, begin, buffers, size);
        }
        if (!ec) return ec;
        if (timed_out_) return Errc::timed_out;
        if (ec == asio::ssl::error::stream_truncated) return Errc::cut_short;
        const bool cut = ec == asio::error::operation_aborted && direction == Direction::in;
        return cut && std::exchange(paused_, false) ? error_code(Errc::paused) : ec;
    }

    WallTime now_if_observed() const {
        return messages_ ? std::chrono::system_clock::now() : WallTime();
    }

    /// Whether the write about to begin belongs to what was written just before: on a slow network
    /// it would be on its way already, and is not late once more.
    bool goes_on_writing() const {
        constexpr auto at_once = std::chrono::milliseconds(5);
        return !read_since_ && Clock::now() - written_ < at_once;
    }
    void wrote() {
        read_since_ = false;
        written_ = Clock::now();
    }

    // Cancellation is an edge: who did not wait at that moment must look, or it would never know.
    static bool is_cancelled(const asio::cancellation_state& cancellation) {
        using asio::cancellation_type;
        const auto ends = cancellation_type::terminal | cancellation_type::total;
        return (cancellation.cancelled() & ends) != cancellation_type::none;
    }

    bool observed() const { return messages_ || wire_.tap(); }

    /// Whether the next read is tried before it is waited for.
    bool more_expected = false;
    /// Operations since others had their turn.
    int in_a_row = 0;
    bool sent_fin = false;
    std::unique_ptr<StreamFaults> faults;        // none in a perfect network
    std::unique_ptr<StreamFaults> usual_faults;  // while others are imitated
    bool imitates = false;

    void note(Event::Kind kind, std::string_view words = {}) {
        wire_.note(kind, words);
        if (messages_)
            messages_->observe({kind, std::chrono::system_clock::now(), flow_, bytes_of(words)});
    }

    void show_as(Disguise disguise) { disguise_ = std::move(disguise); }

private:
    template <class Buffers>
    void observe_disguised(Event::Kind kind, WallTime time, const Buffers& buffers,
                           std::size_t size) {
        if (size == 0) return;
        const bool in = kind == Event::Kind::received;
        std::string text(size, '\0');
        asio::buffer_copy(asio::buffer(text), buffers);
        text = disguise_(in ? Direction::in : Direction::out, text);
        if (!text.empty()) messages_->observe({kind, time, flow_, bytes_of(text)});
    }

    // One timer per connection, re-armed only when it fires: a busy stream costs a clock read per
    // operation.  Arming it again replaces the pending wait.
    void watch() {
        watched_ = true;
        watchdog_.expires_at(std::min(idle_end_, deadline_));
        watchdog_.async_wait([weak = weak_from_this()](error_code ec) {
            const auto self = weak.lock();
            if (!self || ec) return;
            const auto end = std::min(self->idle_end_, self->deadline_);
            self->watched_ = false;
            if (end == Clock::time_point::max()) return;
            if (Clock::now() < end) return self->watch();
            self->timed_out_ = true;
            self->socket().close(ec);
        });
    }

    // The same for gaps: most reads end before theirs.
    void watch_gap() {
        gap_watched_ = true;
        gap_timer_.expires_at(gap_end_);
        gap_timer_.async_wait([weak = weak_from_this()](error_code ec) {
            const auto self = weak.lock();
            if (!self || ec) return;
            self->gap_watched_ = false;
            if (self->gap_end_ == Clock::time_point::max()) return;
            if (Clock::now() < self->gap_end_) return self->watch_gap();
            self->paused_ = true;
            self->socket().cancel(ec);
        });
    }

    Flow flow_;
    Tap* messages_;
    Disguise disguise_;
    std::chrono::milliseconds idle_;
    asio::steady_timer watchdog_;
    asio::steady_timer gap_timer_;
    Wire wire_;
    TlsContext context_;
    std::unique_ptr<Tls> tls_;
    Clock::time_point idle_end_ = Clock::time_point::max();
    Clock::time_point deadline_ = Clock::time_point::max();
    Clock::time_point gap_end_ = Clock::time_point::max();
    Clock::time_point written_;
    bool read_since_ = true;
    bool watched_ = false;
    bool gap_watched_ = false;
    bool timed_out_ = false;
    bool paused_ = false;
};

}  // namespace nettool::net
