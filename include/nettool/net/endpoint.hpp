#pragma once
// A place to listen on or connect to: a host and port, or the path of a Unix socket.

#include "nettool/base/asio.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/json/fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace nettool::net {

struct Endpoint {
    std::string host;  // a name, a literal address, or the path of a Unix socket
    std::uint16_t port = 0;
    bool is_unix = false;

    bool operator==(const Endpoint&) const = default;
};

/// HOST:PORT, [V6]:PORT or unix:PATH; the inverse of parse_endpoint.
std::string to_string(const Endpoint& endpoint);
void tag_invoke(const boost::json::value_from_tag&, boost::json::value& json,
                const Endpoint& endpoint);

/// Total over any text; Errc::bad_endpoint.  The host is not resolved, nor judged beyond its form.
result<Endpoint> parse_endpoint(std::string_view text);

/// Not empty, no blanks and no control characters: the resolver judges the rest.
bool may_be_host(std::string_view text);

/// An IPv4-mapped IPv6 address as its IPv4 address; any other one as it is.
asio::ip::address unmapped(const asio::ip::address& address);
/// Mapped or not; of an endpoint: if its host is such an address, not a name.
bool is_loopback(const asio::ip::address& address);
bool is_loopback(const Endpoint& endpoint);

/// Whether anybody on the Internet could mean it: neither loopback nor private, link-local, shared,
/// unspecified or multicast (RFC 6890), also where it is written as IPv6 (mapped, 6to4, NAT64).
bool is_public(const asio::ip::address& address);

/// As people write it: an IPv4-mapped IPv6 address is its IPv4 address.
std::string address_text(const asio::ip::address& address);

/// What the kernel says of a socket; Unix peers have no name of their own and get `unnamed`.
Endpoint endpoint_of(const asio::generic::stream_protocol::endpoint& raw, const Endpoint& unnamed);
asio::generic::stream_protocol::endpoint stream_endpoint(const asio::ip::address& address,
                                                         std::uint16_t port);

}  // namespace nettool::net
