#include "kernel_rtt.hpp"

// The kernel's header knows more of it than libc's, and the two do not go together: hence this
// file.
#include <cstddef>

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace nettool::net {

std::optional<KernelRtt> kernel_rtt(int socket) noexcept {
    constexpr auto unknown = ~0U;
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
    KernelRtt rtt{std::chrono::microseconds(info.tcpi_rtt), std::nullopt};
    const bool has_least = size >= offsetof(tcp_info, tcpi_min_rtt) + sizeof info.tcpi_min_rtt;
    if (has_least && info.tcpi_min_rtt != unknown)
        rtt.least = std::chrono::microseconds(info.tcpi_min_rtt);
    return rtt;
}

}  // namespace nettool::net
