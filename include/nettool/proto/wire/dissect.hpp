#pragma once
// Finds the TCP segment or UDP datagram in a captured packet.

#include "nettool/proto/wire/ip_packet.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// What an IP packet carries, or a fragment of it (RFC 791, 8200).
struct IpPayload {
    IpAddress source, target;
    unsigned protocol = 0;
    std::string_view bytes;
    std::size_t size = 0;  // on the wire; more than was captured of a cut packet
    // Of a fragment:
    std::uint32_t id = 0;
    std::size_t offset = 0;  // in bytes
    bool more = false;

    bool is_fragment() const noexcept { return more || offset > 0; }
};

struct Dissected {
    IpEndpoint source, target;
    bool is_tcp = false;
    std::uint32_t sequence = 0, acknowledged = 0;  // of TCP
    std::uint8_t flags = 0;
    std::uint16_t window = 0;
    std::string_view payload;
    std::size_t payload_size = 0;  // on the wire; more than was captured of a cut packet
    /// What ICMP says of a packet from target to source (RFC 792, 4443); then only the endpoints
    /// count.
    std::string complaint;
};

/// Of the link types null, Ethernet (with VLANs), raw, loop, Linux cooked 1 and 2, IPv4, IPv6.
/// Nothing for anything else, and for what is cut off in its headers.
std::optional<IpPayload> ip_payload(std::uint16_t linktype, std::string_view packet);

/// Nothing for fragments, other protocols, and what is cut off in its headers.
std::optional<Dissected> dissect(const IpPayload& ip);
std::optional<Dissected> dissect(std::uint16_t linktype, std::string_view packet);

/// `127.0.0.1:5001`, `[::1]:5001`.
std::string to_string(const IpEndpoint& endpoint);
/// `127.0.0.1`, `::1` (RFC 5952).
std::string to_string(const IpAddress& address);

}  // namespace nettool::proto
