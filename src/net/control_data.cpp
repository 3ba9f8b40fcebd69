#include "control_data.hpp"

#include <cstring>

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>

namespace nettool::net {
namespace {

template <class T>
T value_of(const cmsghdr* part) {
    T value;
    std::memcpy(&value, CMSG_DATA(part), sizeof value);
    return value;
}

WallTime wall_time(const timespec& time) {
    using namespace std::chrono;
    return WallTime(
        duration_cast<WallTime::duration>(seconds(time.tv_sec) + nanoseconds(time.tv_nsec)));
}

// The software stamp, zero where there is none.
WallTime software_stamp(const cmsghdr* part) {
    return wall_time(value_of<scm_timestamping>(part).ts[0]);
}

asio::ip::address_v4 v4_of(const in_addr& address) {
    return asio::ip::address_v4(ntohl(address.s_addr));
}

asio::ip::address v6_of(const in6_addr& raw) {
    asio::ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &raw, bytes.size());
    return unmapped(asio::ip::address_v6(bytes));
}

bool is_for_many(const asio::ip::address& target) noexcept {
    return target.is_multicast() ||
           (target.is_v4() && target.to_v4() == asio::ip::address_v4::broadcast());
}

bool is(const cmsghdr* part, int level, int type) {
    return part->cmsg_level == level && part->cmsg_type == type;
}

}  // namespace

ControlData::ControlData(DatagramSocket::Address& peer, const void* bytes, std::size_t size)
    : part_{const_cast<void*>(bytes), size} {
    message_.msg_name = peer.data();
    message_.msg_namelen = static_cast<socklen_t>(peer.capacity());
    message_.msg_iov = &part_;
    message_.msg_iovlen = 1;
    message_.msg_control = room_.data();
    message_.msg_controllen = room_.size();
}

void ControlData::read(DatagramSocket::Datagram& datagram) {
    for (auto* part = CMSG_FIRSTHDR(&message_); part; part = CMSG_NXTHDR(&message_, part)) {
        if (is(part, SOL_SOCKET, SCM_TIMESTAMPNS))
            datagram.received = wall_time(value_of<timespec>(part));
        if (is(part, SOL_SOCKET, SCM_TIMESTAMPING)) datagram.received = software_stamp(part);
        if (is(part, IPPROTO_IPV6, IPV6_PKTINFO)) {
            datagram.asked = v6_of(value_of<in6_pktinfo>(part).ipi6_addr);
            datagram.to_many = datagram.to_many || is_for_many(datagram.asked);
        }
        if (is(part, IPPROTO_IP, IP_PKTINFO)) {
            // Of a broadcast the local address is another one than the target.
            const auto info = value_of<in_pktinfo>(part);
            datagram.asked = v4_of(info.ipi_spec_dst);
            datagram.to_many = is_for_many(v4_of(info.ipi_addr)) ||
                               info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr;
        }
    }
    datagram.kernel_time = datagram.received != WallTime();
    if (!datagram.kernel_time) datagram.received = std::chrono::system_clock::now();
}

bool ControlData::read(DatagramSocket::Report& report) {
    bool known = false;
    for (auto* part = CMSG_FIRSTHDR(&message_); part; part = CMSG_NXTHDR(&message_, part)) {
        if (is(part, SOL_SOCKET, SCM_TIMESTAMPING)) report.sent = software_stamp(part);
        if (!is(part, IPPROTO_IP, IP_RECVERR) && !is(part, IPPROTO_IPV6, IPV6_RECVERR)) continue;
        const auto error = value_of<sock_extended_err>(part);
        if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING)
            report.index = error.ee_data;
        else
            report.error =
                error_code(static_cast<int>(error.ee_errno), boost::system::system_category());
        known = true;
    }
    return known;
}

template <class T>
void ControlData::add(int level, int type, const T& value) {
    message_.msg_controllen = CMSG_SPACE(sizeof value);
    auto* part = CMSG_FIRSTHDR(&message_);
    part->cmsg_level = level;
    part->cmsg_type = type;
    part->cmsg_len = CMSG_LEN(sizeof value);
    std::memcpy(CMSG_DATA(part), &value, sizeof value);
}

void ControlData::leave_from(const asio::ip::address& address) {
    message_.msg_control = nullptr;
    message_.msg_controllen = 0;
    if (address.is_unspecified()) return;
    room_.fill(0);
    message_.msg_control = room_.data();
    if (address.is_v4()) {
        in_pktinfo info{};
        info.ipi_spec_dst.s_addr = htonl(address.to_v4().to_uint());
        return add(IPPROTO_IP, IP_PKTINFO, info);
    }
    in6_pktinfo info{};
    const auto bytes = address.to_v6().to_bytes();
    std::memcpy(&info.ipi6_addr, bytes.data(), bytes.size());
    add(IPPROTO_IPV6, IPV6_PKTINFO, info);
}

}  // namespace nettool::net
