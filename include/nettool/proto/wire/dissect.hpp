#pragma once
// Finds the TCP segment or UDP datagram in a captured packet.

#include "nettool/proto/wire/ip_packet.hpp"

#include <optional>

namespace nettool::proto {

struct Dissected {
    IpEndpoint source, target;
    bool is_tcp = false;
    std::uint32_t sequence = 0, acknowledged = 0;  // of TCP
    std::uint8_t flags = 0;
    std::uint16_t window = 0;
    std::string_view payload;
    std::size_t payload_size = 0;  // on the wire; more than was captured of a cut packet
};

/// Of the link types null, Ethernet (with VLANs), raw, loop, Linux cooked 1 and 2, IPv4, IPv6.
/// Nothing for anything else, for fragments, and for what is cut off in its headers.
std::optional<Dissected> dissect(std::uint16_t linktype, std::string_view packet);

/// `127.0.0.1:5001`, `[::1]:5001`.
std::string to_string(const IpEndpoint& endpoint);

}  // namespace nettool::proto
