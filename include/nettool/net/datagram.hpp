#pragma once
// A UDP socket: waits for readiness, then calls the system directly.

#include "nettool/base/asio.hpp"
#include "nettool/base/clock.hpp"
#include "nettool/net/tap.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>

#include <chrono>
#include <string_view>

namespace nettool::net {

inline constexpr std::size_t max_datagram_bytes = 65'507;  // UDP over IPv4, RFC 768 and 791

class DatagramSocket {
public:
    using Address = asio::ip::udp::endpoint;

    struct Datagram {
        std::size_t size = 0;
        Address peer;
        WallTime received;          // by the kernel, if it was asked to say so; else now
        std::uint32_t dropped = 0;  // by the kernel since the beginning, for want of room
    };

    /// Binds; throws Failure naming the endpoint.
    DatagramSocket(asio::any_io_executor executor, const Address& local, Side side, Taps taps);

    Endpoint local() const;

    /// From now on the kernel says when a datagram came, and how many it had to drop.
    void ask_for_stamps();

    /// One datagram, cut to the buffer.  Errc::timed_out if none has come within `limit`; zero: no
    /// limit.
    awaitable<result<Datagram>> receive(asio::mutable_buffer buffer,
                                        std::chrono::milliseconds limit = {});
    /// The same without a wait: asio::error::would_block when none is here.
    result<Datagram> receive_now(asio::mutable_buffer buffer);
    awaitable<result<void>> send(std::string_view bytes, const Address& peer);

private:
    void note(Event::Kind kind, const Address& peer, std::string_view bytes) const;

    asio::ip::udp::socket socket_;
    std::uint64_t id_ = next_flow_id();
    Side side_;
    Taps taps_;
    int in_a_row_ = 0;  // datagrams since others had their turn
};

Endpoint endpoint_of(const DatagramSocket::Address& address);

/// Whether an answer could not be the shot of a reflector: never to a system port (below 1024,
/// where echo, chargen and DNS answer whatever comes), nor to ourselves (CVE-2024-2169).
bool may_be_answered(const Endpoint& local, const Endpoint& peer);

}  // namespace nettool::net
