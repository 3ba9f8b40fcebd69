#pragma once
// The ancillary data of recvmsg(2) and sendmsg(2): times, targets, drops and reports of a datagram.

#include "nettool/net/datagram.hpp"

#include <array>

#include <sys/socket.h>

namespace nettool::net {

/// Room for one message and its ancillary data.
class ControlData {
public:
    ControlData(DatagramSocket::Address& peer, const void* bytes, std::size_t size);

    msghdr& message() noexcept { return message_; }

    /// What came along with a datagram that was received.
    void read(DatagramSocket::Datagram& datagram);
    /// What came along with an entry of the error queue; false: nothing of interest.
    bool read(DatagramSocket::Report& report);

    /// Makes it leave from this address.
    void leave_from(const asio::ip::address& address);

private:
    template <class T>
    void add(int level, int type, const T& value);

    iovec part_;
    alignas(cmsghdr) std::array<char, 512> room_;
    msghdr message_{};
};

}  // namespace nettool::net
