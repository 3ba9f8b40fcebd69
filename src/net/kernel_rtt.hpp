#pragma once
// The kernel's own estimates of a TCP connection's round trip (tcp(7), TCP_INFO).

#include <chrono>
#include <optional>

namespace nettool::net {

struct KernelRtt {
    std::chrono::microseconds smoothed{0};  // RFC 6298
    std::optional<std::chrono::microseconds> least;
};

/// Nothing for a socket that is no TCP.
std::optional<KernelRtt> kernel_rtt(int socket) noexcept;

}  // namespace nettool::net
