#pragma once
// The addresses of this machine, and those of them that others can reach.

#include "nettool/base/asio.hpp"

#include <boost/asio/ip/address.hpp>

#include <vector>

namespace nettool::net {

/// Of interfaces that are up, loopback and link-local ones too, without scopes.  Empty where the
/// system does not say.
std::vector<asio::ip::address> own_addresses();

/// Of interfaces that are up, IPv4 first; no loopback, and no link-local ones, which mean
/// something else on every machine.  Empty where there are none or the system does not say.
std::vector<asio::ip::address> reachable_addresses();

}  // namespace nettool::net
