#pragma once
// The one byte stream: TCP, Unix and TLS look alike; idle limit, gap, taps and goodbye are built
// in.

#include "nettool/base/asio.hpp"
#include "nettool/net/connection_info.hpp"
#include "nettool/net/faults.hpp"
#include "nettool/net/gathered.hpp"
#include "nettool/net/tap.hpp"
#include "nettool/net/tls.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nettool::net {

struct StreamOptions {
    std::chrono::milliseconds idle{0};  // zero: wait for ever
    Taps taps;
    StreamFaultOptions faults;     // of what we write
    std::uint64_t connection = 0;  // its number, for the faults
};

/// Models Asio's AsyncReadStream and AsyncWriteStream.  At most one read and one write at a time,
/// all on its executor.  Errors: Errc::timed_out (idle limit or deadline), Errc::cut_short (TLS
/// without close_notify), asio::error::eof, and what the socket says.
class Stream {
public:
    using executor_type = asio::any_io_executor;
    using Socket = asio::generic::stream_protocol::socket;
    using Clock = std::chrono::steady_clock;

    Stream(Socket socket, Flow flow, const StreamOptions& options);
    Stream(Stream&&) noexcept;
    Stream& operator=(Stream&&) noexcept;
    ~Stream();

    executor_type get_executor() const noexcept;
    const Flow& flow() const noexcept;

    template <class MutableBuffers, class Token>
    auto async_read_some(const MutableBuffers& buffers, Token&& token) {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this](auto handler, asio::mutable_buffer buffer) {
                start_read(buffer, std::move(handler));
            },
            token, first_of(buffers));
    }

    template <class ConstBuffers, class Token>
    auto async_write_some(const ConstBuffers& buffers, Token&& token) {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this](auto handler, const Gathered& gathered) {
                start_write(gathered, std::move(handler));
            },
            token, Gathered(buffers));
    }

    /// What becomes of a certificate that is not to be believed.
    enum class Doubt { fails, is_noted };

    /// Turns this very connection into TLS.  A client names the host it means, for SNI and for the
    /// certificate; see refusal() when that fails, or where the doubt was only noted.
    awaitable<result<void>> start_tls(TlsContext context, std::string host = {},
                                      Doubt doubt = Doubt::fails);
    bool is_tls() const noexcept;

    /// After the handshake; nothing without TLS.
    std::optional<TlsSession> tls_session() const;

    /// Why the peer's certificate is not to be believed; nothing where it is, or nobody judges it.
    std::optional<CertificateRefusal> refusal() const;

    /// What the observers of messages get to see in place of the bytes, which may be secrets; asked
    /// in the order in which they are sent and received, and only while somebody looks.
    using Disguise = std::function<std::string(Direction, std::string_view)>;
    void show_as(Disguise disguise);

    /// What has come, at least one byte; Errc::paused if nothing has come for `gap` (zero: no such
    /// limit), and then no write may be pending.
    awaitable<result<std::size_t>> read(asio::mutable_buffer buffer,
                                        std::chrono::milliseconds gap = {});

    /// Waits until read_now() would find something; without a buffer, so that a thousand idle
    /// connections need none.  Errors as those of read().  TLS has no such wait.
    awaitable<result<void>> wait_readable(std::chrono::milliseconds gap = {});
    /// The first byte that is here, which stays there; nothing if there is none.
    std::optional<char> peek();
    /// What is here, at least one byte; asio::error::would_block if nothing is.
    result<std::size_t> read_now(asio::mutable_buffer buffer);

    /// Whether more follows at once, so that the kernel may wait with a segment that is not full.
    enum class More { no, yes };

    /// Whether splice() works: where nothing is encrypted and nobody looks on.
    bool can_splice() const noexcept;
    /// Moves what has come, at least one byte, into a pipe that is empty, past our memory.  Errors
    /// as those of read().
    awaitable<result<std::size_t>> splice(int pipe, std::size_t most);
    /// The same without a wait: asio::error::would_block if nothing has come.
    result<std::size_t> splice_now(int pipe, std::size_t most);
    /// Whether splice_out() works: where besides nothing is made worse on purpose.
    bool can_splice_out() const noexcept;
    /// Writes `size` bytes that a pipe holds.
    awaitable<result<void>> splice_out(int pipe, std::size_t size);

    /// Writes all of `text`, which must stay where it is until then.
    awaitable<result<void>> write(std::string_view text, More more = More::no);

    /// The same for parts that leave together; at most Gathered::max_buffers.  Through
    /// StreamOptions::faults they may be late, torn apart or end in a reset of the connection.
    awaitable<result<void>> write(std::span<const std::string_view> parts, More more = More::no);

    /// As much of it as goes without a wait, while no other write is pending;
    /// asio::error::would_block if nothing does, as under TLS and through an imperfect network.
    result<std::size_t> write_now(std::string_view text);

    /// Writes `size` bytes of a regular file, which the kernel copies where nobody looks on and
    /// nothing is encrypted.  Errc::file_changed when they are not there any more, or are written
    /// over meanwhile: then what the peer has may be of two times, and the connection is to be
    /// reset.
    awaitable<result<void>> send_file(int file, std::uint64_t offset, std::uint64_t size);

    /// Half-close (FIN).  Under TLS asio::error::operation_not_supported: Asio's engine can send
    /// close_notify only while it throws away what the peer still says.
    result<void> shut_down();

    /// Says goodbye (close_notify, FIN) and drains what the peer still sends, so that no reset eats
    /// our last words: at most one second in all.  The destructor merely drops the socket.
    awaitable<void> finish();

    void limit_idle(std::chrono::milliseconds idle);  // zero: none
    /// All reads and writes end at `deadline` with Errc::timed_out, whatever the peer does.
    void end_by(Clock::time_point deadline);
    void end_whenever();

    /// Whether the peer has said that nothing more will come (FIN), and all else is read.
    bool has_finished() const;
    /// Whether the peer is still there and has said nothing that is not read yet.
    bool is_quiet() const;

    /// Calls `then` when the peer resets the connection, for who waits for something else
    /// meanwhile; not behind the watch's end.  A peer that only finishes is not noticed.
    class ResetWatch {
    public:
        ResetWatch(Stream& stream, std::function<void()> then);
        ResetWatch(const ResetWatch&) = delete;
        ResetWatch& operator=(const ResetWatch&) = delete;
        ~ResetWatch();

    private:
        struct Shared;
        std::shared_ptr<Shared> shared_;
    };

    /// From now on what we write goes through this network, until there is again the one that
    /// StreamOptions said.
    void imitate(const StreamFaultOptions& faults);
    void imitate_as_before();
    /// Tells observers what is done on purpose to what comes next.
    void note_fault(std::string_view words);
    /// Ends the connection with a reset; what has been sent may be lost with it.
    void reset();

    /// Asks the peer's kernel not to wait with our acknowledgement (TCP_QUICKACK); holds for a
    /// read.
    void acknowledge_quickly();
    ConnectionInfo info() const;
    /// The kernel's smoothed estimate (TCP_INFO); zero where there is none.
    std::chrono::microseconds round_trip_time() const;

private:
    using IoHandler = asio::any_completion_handler<void(error_code, std::size_t)>;
    class State;
    template <Direction direction, class Buffers>
    class Operation;

    template <class MutableBuffers>
    static asio::mutable_buffer first_of(const MutableBuffers& buffers) {
        for (auto it = asio::buffer_sequence_begin(buffers);
             it != asio::buffer_sequence_end(buffers); ++it)
            if (asio::mutable_buffer buffer(*it); buffer.size() != 0) return buffer;
        return {};
    }

    void start_read(asio::mutable_buffer buffer, IoHandler handler);
    void start_write(const Gathered& buffers, IoHandler handler);
    awaitable<void> give_way();
    awaitable<result<void>> write_at_once(std::span<const std::string_view> parts, More more);
    awaitable<result<void>> write_imperfectly(std::string text);
    awaitable<result<void>> copy_file(int file, std::uint64_t offset, std::uint64_t size);

    std::shared_ptr<State> state_;
};

}  // namespace nettool::net
