#include "nettool/net/datagram.hpp"

#include "control_data.hpp"
#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/net/limits.hpp"
#include "nettool/net/task_group.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <array>

#include <linux/net_tstamp.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace nettool::net {

using Address = DatagramSocket::Address;

Endpoint endpoint_of(const Address& address) {
    Endpoint endpoint;
    endpoint.host = address_text(address.address());
    endpoint.port = address.port();
    return endpoint;
}

asio::ip::address source_towards(const Address& target) {
    asio::io_context io;
    asio::ip::udp::socket probe(io);
    error_code ec;
    probe.open(target.protocol(), ec);
    if (!ec) probe.connect(target, ec);  // sends nothing
    const auto local = probe.local_endpoint(ec);
    return ec ? Address(target.protocol(), 0).address() : local.address();
}

namespace {

// Whoever is flooded must still hear of other things: after so many datagrams, give way.
constexpr int turns_in_a_row = 32;

// More reports than can wait in the kernel are not there.
constexpr int most_reports = 10'000;

void set(int socket, int level, int option, int value) {
    ::setsockopt(socket, level, option, &value, sizeof value);
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
        local_ = endpoint_of(socket_.local_endpoint());
    } catch (const boost::system::system_error& error) {
        const std::string doing = side == Side::server ? "listen on " : "send from ";
        throw Failure(Fault::local, doing + to_string(endpoint_of(local)), error.code());
    }
}

void DatagramSocket::note(Event::Kind kind, const Address& peer, const asio::ip::address& own,
                          std::string_view bytes) const {
    if (!taps_.messages && !taps_.wire) return;
    Flow flow;
    flow.id = id_;
    flow.local = local_;
    if (!own.is_unspecified()) flow.local.host = address_text(own);
    flow.peer = endpoint_of(peer);
    flow.side = side_;
    flow.datagram = true;
    const Event event{kind, std::chrono::system_clock::now(), flow, bytes_of(bytes)};
    if (taps_.messages) taps_.messages->observe(event);
    if (taps_.wire) taps_.wire->observe(event);
}

void DatagramSocket::imitate(const DatagramFaultOptions& faults) { faults_.emplace(faults); }

void DatagramSocket::ask_for_stamps() {
    set(socket_.native_handle(), SOL_SOCKET, SO_TIMESTAMPNS, 1);
}

// A socket of version 6 hears of both: IPv4 datagrams tell a broadcast in IPv4's words only.
void DatagramSocket::ask_for_targets() {
    set(socket_.native_handle(), IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    set(socket_.native_handle(), IPPROTO_IP, IP_PKTINFO, 1);
}

void DatagramSocket::ask_for_reports(OnReport on_report) {
    on_report_ = std::move(on_report);
    set(socket_.native_handle(), IPPROTO_IP, IP_RECVERR, 1);
    set(socket_.native_handle(), IPPROTO_IPV6, IPV6_RECVERR, 1);
    set(socket_.native_handle(), SOL_SOCKET, SO_TIMESTAMPING,
        SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
            SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY);
}

// Asio gives it to no const socket.
int DatagramSocket::handle() const {
    return const_cast<asio::ip::udp::socket&>(socket_).native_handle();
}

std::uint32_t DatagramSocket::dropped() const {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof memory;
    ::getsockopt(handle(), SOL_SOCKET, SO_MEMINFO, memory.data(), &size);
    return memory[SK_MEMINFO_DROPS];
}

error_code DatagramSocket::take_reports() {
    error_code last;
    std::array<char, 2048> payload;
    for (int i = 0; i < most_reports; ++i) {
        Address target;
        ControlData data(target, payload.data(), payload.size());
        const auto n = ::recvmsg(socket_.native_handle(), &data.message(), MSG_ERRQUEUE);
        if (n < 0) break;
        Report report;
        report.probe = {payload.data(), static_cast<std::size_t>(n)};
        if (!data.read(report)) continue;
        if (report.error) last = report.error;
        on_report_(report);
    }
    return last;
}

result<DatagramSocket::Datagram> DatagramSocket::receive_now(asio::mutable_buffer buffer) {
    Datagram datagram;
    ControlData data(datagram.peer, buffer.data(), buffer.size());
    ssize_t n = -1;
    do {
        n = ::recvmsg(socket_.native_handle(), &data.message(), MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    if (n < 0) return last_error();
    datagram.size = static_cast<std::size_t>(n);
    datagram.peer.resize(data.message().msg_namelen);
    data.read(datagram);
    if (faults_) {
        datagram.fate = faults_->next(datagram.size);
        const bool observed = taps_.messages || taps_.wire;
        const auto words = observed ? words_of(datagram.fate) : std::string();
        if (!words.empty()) note(Event::Kind::fault, datagram.peer, datagram.asked, words);
    }
    note(Event::Kind::received, datagram.peer, datagram.asked,
         {static_cast<const char*>(buffer.data()), datagram.size});
    return datagram;
}

awaitable<result<DatagramSocket::Datagram>> DatagramSocket::receive(
    asio::mutable_buffer buffer, std::chrono::nanoseconds limit) {
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
        // A report that stays makes every wait end at once.
        const error_code reported = on_report_ ? take_reports() : error_code();
        if (datagram) co_return datagram;
        if (reported) co_return reported;
        if (ec != asio::error::would_block) co_return datagram;
        in_a_row_ = 0;
        std::tie(ec) = co_await socket_.async_wait(asio::socket_base::wait_read, no_throw);
        if (ec && deadline.expired()) co_return error_code(Errc::timed_out);
        if (ec) co_return ec;
    }
}

error_code DatagramSocket::send_now(std::string_view bytes, const Address& peer,
                                    const asio::ip::address& from) {
    auto target = peer;
    ControlData data(target, bytes.data(), bytes.size());
    data.message().msg_namelen = static_cast<socklen_t>(peer.size());
    data.leave_from(from);
    const auto n = ::sendmsg(socket_.native_handle(), &data.message(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return n < 0 ? last_error() : error_code();
}

awaitable<result<void>> DatagramSocket::send(std::string_view bytes, const Address& peer,
                                             const asio::ip::address& from) {
    note(Event::Kind::sent, peer, from, bytes);
    for (;;) {
        error_code ec = send_now(bytes, peer, from);
        if (!ec) co_return result<void>();
        if (ec == asio::error::interrupted) continue;
        if (ec != asio::error::would_block) co_return ec;
        std::tie(ec) = co_await socket_.async_wait(asio::socket_base::wait_write, no_throw);
        if (ec) co_return ec;
    }
}

}  // namespace nettool::net
