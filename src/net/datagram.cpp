#include "nettool/net/datagram.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/net/limits.hpp"
#include "nettool/net/task_group.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <cstring>

#include <sys/socket.h>

namespace nettool::net {

using Address = DatagramSocket::Address;

Endpoint endpoint_of(const Address& address) {
    Endpoint endpoint;
    endpoint.host = address_text(address.address());
    endpoint.port = address.port();
    return endpoint;
}

bool may_be_answered(const Endpoint& local, const Endpoint& peer) {
    constexpr std::uint16_t first_unprivileged_port = 1024;
    return peer.port >= first_unprivileged_port && peer != local;
}

namespace {

// Whoever is flooded must still hear of other things: after so many datagrams, give way.
constexpr int turns_in_a_row = 32;

void read_stamps(msghdr& message, DatagramSocket::Datagram& datagram) {
    using namespace std::chrono;
    for (auto* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET) continue;
        if (part->cmsg_type == SCM_TIMESTAMPNS) {
            timespec time{};
            std::memcpy(&time, CMSG_DATA(part), sizeof time);
            datagram.received = WallTime(duration_cast<WallTime::duration>(
                seconds(time.tv_sec) + nanoseconds(time.tv_nsec)));
        }
        if (part->cmsg_type == SO_RXQ_OVFL)
            std::memcpy(&datagram.dropped, CMSG_DATA(part), sizeof datagram.dropped);
    }
    if (datagram.received == WallTime()) datagram.received = system_clock::now();
}

}  // namespace

DatagramSocket::DatagramSocket(asio::any_io_executor executor, const Address& local, Side side,
                               Taps taps)
    : socket_(executor), side_(side), taps_(taps) {
    try {
        socket_.open(local.protocol());
        if (local.address().is_v6())
            socket_.set_option(asio::ip::v6_only(!local.address().is_unspecified()));
        socket_.bind(local);
        socket_.non_blocking(true);
    } catch (const boost::system::system_error& error) {
        const std::string doing = side == Side::server ? "listen on " : "send from ";
        throw Failure(Fault::local, doing + to_string(endpoint_of(local)), error.code());
    }
}

Endpoint DatagramSocket::local() const {
    error_code ec;
    return endpoint_of(socket_.local_endpoint(ec));
}

void DatagramSocket::note(Event::Kind kind, const Address& peer, std::string_view bytes) const {
    if (!taps_.messages && !taps_.wire) return;
    Flow flow;
    flow.id = id_;
    flow.local = local();
    flow.peer = endpoint_of(peer);
    flow.side = side_;
    flow.datagram = true;
    const Event event{kind, std::chrono::system_clock::now(), flow, bytes_of(bytes)};
    if (taps_.messages) taps_.messages->observe(event);
    if (taps_.wire) taps_.wire->observe(event);
}

void DatagramSocket::ask_for_stamps() {
    const int on = 1;
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
}

result<DatagramSocket::Datagram> DatagramSocket::receive_now(asio::mutable_buffer buffer) {
    Datagram datagram;
    iovec part{buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<char, 128> control;
    msghdr message{};
    message.msg_name = datagram.peer.data();
    message.msg_namelen = static_cast<socklen_t>(datagram.peer.capacity());
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t n = -1;
    do {
        n = ::recvmsg(socket_.native_handle(), &message, MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    if (n < 0) return last_error();
    datagram.size = static_cast<std::size_t>(n);
    datagram.peer.resize(message.msg_namelen);
    read_stamps(message, datagram);
    note(Event::Kind::received, datagram.peer,
         {static_cast<const char*>(buffer.data()), datagram.size});
    return datagram;
}

awaitable<result<DatagramSocket::Datagram>> DatagramSocket::receive(
    asio::mutable_buffer buffer, std::chrono::milliseconds limit) {
    auto give_up = [this] {
        error_code ignored;
        socket_.cancel(ignored);
    };
    const Deadline deadline(socket_.get_executor(), limit, std::move(give_up));
    if (++in_a_row_ >= turns_in_a_row) {
        in_a_row_ = 0;
        co_await asio::post(socket_.get_executor(), asio::use_awaitable);
    }
    const bool stopped = co_await stop_requested();
    if (stopped) co_return error_code(asio::error::operation_aborted);
    for (;;) {
        auto datagram = receive_now(buffer);
        error_code ec = datagram.error();
        if (ec != asio::error::would_block) co_return datagram;
        in_a_row_ = 0;
        std::tie(ec) = co_await socket_.async_wait(asio::socket_base::wait_read, no_throw);
        if (ec && deadline.expired()) co_return error_code(Errc::timed_out);
        if (ec) co_return ec;
    }
}

awaitable<result<void>> DatagramSocket::send(std::string_view bytes, const Address& peer) {
    note(Event::Kind::sent, peer, bytes);
    for (;;) {
        error_code ec;
        socket_.send_to(asio::buffer(bytes), peer, 0, ec);
        if (!ec) co_return result<void>();
        if (ec != asio::error::would_block) co_return ec;
        std::tie(ec) = co_await socket_.async_wait(asio::socket_base::wait_write, no_throw);
        if (ec) co_return ec;
    }
}

}  // namespace nettool::net
