#pragma once
// A UDP socket: waits for readiness, then calls the system directly.

#include "nettool/base/asio.hpp"
#include "nettool/base/clock.hpp"
#include "nettool/net/faults.hpp"
#include "nettool/net/tap.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

namespace nettool::net {

inline constexpr std::size_t max_datagram_bytes = 65'507;  // UDP over IPv4, RFC 768 and 791

class DatagramSocket {
public:
    using Address = asio::ip::udp::endpoint;

    struct Datagram {
        std::size_t size = 0;
        Address peer;
        asio::ip::address asked;   // where it was sent to; unspecified unless asked for
        bool to_many = false;      // that is a broadcast or multicast address
        bool kernel_time = false;  // whether `received` is the kernel's
        WallTime received;         // by the kernel, if it was asked to say so; else now
        Fate fate;                 // with imitate()
    };

    /// What the kernel says of a datagram of ours.
    struct Report {
        error_code error;         // an ICMP message about it; none: it was sent, see below
        std::string_view probe;   // of an error: the beginning of the datagram
        std::uint32_t index = 0;  // of one that was sent: its place since ask_for_reports(), from 0
        WallTime sent;
    };
    using OnReport = std::function<void(const Report&)>;

    /// Binds; throws Failure naming the endpoint.
    DatagramSocket(asio::any_io_executor executor, const Address& local, Side side, Taps taps);

    const Endpoint& local() const noexcept { return local_; }

    /// From now on the kernel says when a datagram came.
    void ask_for_stamps();
    /// The kernel says where each datagram was sent to, and answers leave from there.
    void ask_for_targets();
    /// The kernel says when a datagram left and when one came, and which ones ICMP says could not
    /// be delivered.  receive() hands reports on before it waits, and ends with the error of one.
    void ask_for_reports(OnReport on_report);
    /// The error of what ICMP has reported since the last call, if anything.
    error_code take_reports();

    /// From now on each that comes has a fate; whoever receives it sees to that.
    void imitate(const DatagramFaultOptions& faults);

    /// How many the kernel has dropped so far, for want of room.
    std::uint32_t dropped() const;

    /// One datagram, cut to the buffer.  Errc::timed_out if none has come within `limit`; zero: no
    /// limit.
    awaitable<result<Datagram>> receive(asio::mutable_buffer buffer,
                                        std::chrono::nanoseconds limit = {});
    /// The same without a wait: asio::error::would_block when none is here.
    result<Datagram> receive_now(asio::mutable_buffer buffer);
    /// `from`: the local address it leaves from; unspecified: the system chooses.
    awaitable<result<void>> send(std::string_view bytes, const Address& peer,
                                 const asio::ip::address& from = {});

private:
    error_code send_now(std::string_view bytes, const Address& peer, const asio::ip::address& from);
    int handle() const;
    void note(Event::Kind kind, const Address& peer, const asio::ip::address& own,
              std::string_view bytes) const;

    asio::ip::udp::socket socket_;
    Endpoint local_;
    std::uint64_t id_ = next_flow_id();
    Side side_;
    Taps taps_;
    OnReport on_report_;
    std::optional<DatagramFaults> faults_;
    int in_a_row_ = 0;  // datagrams since others had their turn
};

Endpoint endpoint_of(const DatagramSocket::Address& address);

/// The address of ours that the system would send from; unspecified if there is no way.
asio::ip::address source_towards(const DatagramSocket::Address& target);

}  // namespace nettool::net
