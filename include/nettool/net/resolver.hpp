#pragma once
// Names to addresses, without blocking a strand.

#include "nettool/base/asio.hpp"

#include <boost/asio/ip/address.hpp>

#include <string>
#include <vector>

namespace nettool::net {

enum class Family { any, v4, v6 };

/// The addresses of a literal or a name, in the system's order of preference (RFC 6724), each
/// once and never none.  Errors are those of getaddrinfo, as asio::error codes.
awaitable<result<std::vector<asio::ip::address>>> resolve(std::string host,
                                                          Family family = Family::any);

}  // namespace nettool::net
