#pragma once
// Builds IP packets with TCP segments or UDP datagrams, checksums included (RFC 791, 8200, 768,
// 9293).

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace nettool::proto {

struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};  // of version 4 the first four
    bool is_v6 = false;

    bool operator==(const IpAddress&) const = default;
};

struct IpEndpoint {
    IpAddress address;
    std::uint16_t port = 0;

    bool operator==(const IpEndpoint&) const = default;
};

enum TcpFlag : std::uint8_t { fin = 1, syn = 2, rst = 4, psh = 8, ack = 16 };

struct TcpSegment {
    IpEndpoint source, target;  // of one version
    std::uint32_t sequence = 0;
    std::uint32_t acknowledged = 0;
    std::uint8_t flags = 0;
    std::string_view options;  // a multiple of four bytes, at most 40
    std::string_view payload;
};

/// At most 65,495 bytes of payload.
void append_packet(std::string& out, const TcpSegment& segment);

struct UdpDatagram {
    IpEndpoint source, target;
    std::string_view payload;  // at most 65,507 bytes
};

void append_packet(std::string& out, const UdpDatagram& datagram);

/// Computes the checksum of a packet anew that holds a whole TCP segment; leaves all else alone.
void correct_tcp_checksum(std::string& packet);

/// The Internet checksum of a sum begun elsewhere (RFC 1071).
std::uint16_t internet_checksum(std::uint64_t sum) noexcept;
/// The sum of big-endian 16-bit words, the last one padded.
std::uint64_t sum_of_words(std::string_view bytes) noexcept;

}  // namespace nettool::proto
