#pragma once
// What the system says of a connection, in its own words.

#include "nettool/net/endpoint.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace nettool::net {

/// See getsockname(2), socket(7) and tcp(7).
struct ConnectionInfo {
    std::string host_name;  // of this machine
    Endpoint local, peer;
    std::string family;    // AF_INET, AF_INET6, AF_UNIX
    std::string type;      // SOCK_STREAM
    std::string protocol;  // TCP, TLS over TCP, or none
    // Of TCP, as the kernel estimates it now (TCP_INFO).
    std::optional<std::chrono::microseconds> smoothed_rtt, least_rtt;
};

}  // namespace nettool::net
