#pragma once
// Names to addresses and back, without blocking a strand.

#include "nettool/base/asio.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace nettool::net {

enum class Family { any, v4, v6 };

/// The addresses of a literal or a name, in the system's order of preference (RFC 6724), each
/// once and never none.  Errors are those of getaddrinfo, as asio::error codes.
awaitable<result<std::vector<asio::ip::address>>> resolve(std::string host,
                                                          Family family = Family::any);

/// What the name service calls this host in full: its canonical name, or the name of its address
/// when only that one has a domain.
awaitable<result<std::string>> full_name(std::string host, Family family = Family::any);

/// The name of an address (reverse look-up); asio::error::host_not_found if it has none.
awaitable<result<std::string>> name_of(asio::ip::address address);

/// What this machine calls itself.
std::string own_name();

struct Service {
    std::string name;
    std::uint16_t port = 0;
    std::string protocol;  // tcp or udp
};
/// The well-known services of a name or a port number; none if there is none (services(5)).
awaitable<std::vector<Service>> services_of(std::string name_or_port);

}  // namespace nettool::net
