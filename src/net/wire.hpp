#pragma once
// The socket under a Stream, where a tap sees the bytes as they cross it.

#include "nettool/net/gathered.hpp"
#include "nettool/net/tap.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/socket.h>
#include <sys/uio.h>

namespace nettool::net {

/// Passes the first `size` bytes of `buffers` to a tap.
template <class Buffers>
void observe_bytes(Tap* tap, const Flow& flow, Event::Kind kind, WallTime time,
                   const Buffers& buffers, std::size_t size) {
    if (!tap) return;
    auto it = asio::buffer_sequence_begin(buffers);
    for (; size > 0; ++it) {
        const asio::const_buffer buffer(*it);
        const auto part = std::min(size, buffer.size());
        if (part == 0) continue;
        tap->observe({kind, time, flow, {static_cast<const std::byte*>(buffer.data()), part}});
        size -= part;
    }
}

/// Models AsyncStream, so it can be the next layer of TLS.  Without a tap it is the bare socket.
class Wire {
public:
    using Socket = asio::generic::stream_protocol::socket;
    using executor_type = Socket::executor_type;
    using lowest_layer_type = Socket::lowest_layer_type;

    Wire(Socket socket, const Flow& flow, Tap* tap)
        : socket_(std::move(socket)), flow_(flow), tap_(tap) {}

    executor_type get_executor() noexcept { return socket_.get_executor(); }
    lowest_layer_type& lowest_layer() { return socket_.lowest_layer(); }
    Socket& socket() { return socket_; }
    Tap* tap() const { return tap_; }

    void note(Event::Kind kind, std::string_view words = {}) {
        if (tap_) tap_->observe({kind, std::chrono::system_clock::now(), flow_, bytes_of(words)});
    }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        if (!tap_) return socket_.async_read_some(buffers, std::forward<Token>(token));
        return asio::async_compose<Token, void(error_code, std::size_t)>(
            Reading<Buffers>{*this, buffers}, token, socket_);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        if (!tap_) return socket_.async_write_some(buffers, std::forward<Token>(token));
        return asio::async_compose<Token, void(error_code, std::size_t)>(
            Writing<Buffers>{*this, buffers, std::chrono::system_clock::now()}, token, socket_);
    }

    /// Tries the system call at once; asio::error::would_block when that would wait.
    error_code receive_now(asio::mutable_buffer buffer, std::size_t& size) {
        const auto n = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        const auto ec = n > 0 ? error_code() : n == 0 ? error_code(asio::error::eof) : last_error();
        size = n > 0 ? static_cast<std::size_t>(n) : 0;
        if (ec != asio::error::would_block && ec != asio::error::interrupted)
            received(buffer, size, ec);
        return ec;
    }

    error_code send_now(const Gathered& buffers, std::size_t& size, int flags = 0) {
        const auto begin = tap_ ? std::chrono::system_clock::now() : WallTime();
        std::array<iovec, Gathered::max_buffers> parts;
        std::size_t count = 0;
        for (const auto& buffer : buffers)
            parts[count++] = {const_cast<void*>(buffer.data()), buffer.size()};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = count;
        const int how = MSG_DONTWAIT | MSG_NOSIGNAL | flags;
        const auto n =
            count == 1 ? ::send(socket_.native_handle(), parts[0].iov_base, parts[0].iov_len, how)
                       : ::sendmsg(socket_.native_handle(), &message, how);
        size = n > 0 ? static_cast<std::size_t>(n) : 0;
        observe_bytes(tap_, flow_, Event::Kind::sent, begin, buffers, size);
        return n < 0 ? last_error() : error_code();
    }

    /// What a read of the bare socket gave.
    template <class Buffers>
    void received(const Buffers& buffers, std::size_t size, error_code ec) {
        if (!tap_) return;
        observe_bytes(tap_, flow_, Event::Kind::received, std::chrono::system_clock::now(), buffers,
                      size);
        if (ec == asio::error::eof) note(Event::Kind::peer_finished);
        if (ec == asio::error::connection_reset) note(Event::Kind::reset);
    }

private:
    template <class Buffers>
    struct Reading {
        Wire& wire;
        Buffers buffers;

        template <class Self>
        void operator()(Self& self) {
            self.reset_cancellation_state(asio::enable_total_cancellation());
            auto& socket = wire.socket_;
            const auto target = buffers;  // self owns this operation and moves away
            socket.async_read_some(target, std::move(self));
        }
        template <class Self>
        void operator()(Self& self, error_code ec, std::size_t size) {
            wire.received(buffers, size, ec);
            self.complete(ec, size);
        }
    };

    template <class Buffers>
    struct Writing {
        Wire& wire;
        Buffers buffers;
        WallTime begin;

        template <class Self>
        void operator()(Self& self) {
            self.reset_cancellation_state(asio::enable_total_cancellation());
            auto& socket = wire.socket_;
            const auto source = buffers;
            socket.async_write_some(source, std::move(self));
        }
        template <class Self>
        void operator()(Self& self, error_code ec, std::size_t size) {
            observe_bytes(wire.tap_, wire.flow_, Event::Kind::sent, begin, buffers, size);
            self.complete(ec, size);
        }
    };

    Socket socket_;
    const Flow& flow_;
    Tap* tap_;
};

}  // namespace nettool::net
