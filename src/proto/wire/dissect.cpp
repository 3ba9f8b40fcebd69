#include "nettool/proto/wire/dissect.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

/// Big-endian numbers of bytes that may end anywhere: zero beyond.
class Bytes {
public:
    explicit Bytes(std::string_view text) : text_(text) {}
    unsigned u8(std::size_t at) const {
        return at < text_.size() ? static_cast<unsigned char>(text_[at]) : 0U;
    }
    unsigned u16(std::size_t at) const { return u8(at) << 8 | u8(at + 1); }
    std::uint32_t u32(std::size_t at) const {
        return std::uint32_t{u16(at)} << 16 | std::uint32_t{u16(at + 2)};
    }

private:
    std::string_view text_;
};

std::optional<std::string_view> without_ethernet(std::string_view packet) {
    constexpr unsigned vlan = 0x8100, service_vlan = 0x88a8, v4 = 0x0800, v6 = 0x86dd;
    std::size_t at = 12;
    unsigned type = Bytes(packet).u16(at);
    for (int tags = 0; tags < 2 && (type == vlan || type == service_vlan); ++tags)
        type = Bytes(packet).u16(at += 4);
    if ((type != v4 && type != v6) || packet.size() < at + 2) return std::nullopt;
    return packet.substr(at + 2);
}

std::optional<std::string_view> without_link(std::uint16_t linktype, std::string_view packet) {
    const auto behind = [packet](std::size_t size) {
        return packet.size() < size ? std::nullopt : std::optional(packet.substr(size));
    };
    switch (linktype) {
        case 0:
        case 108: return behind(4);
        case 1: return without_ethernet(packet);
        case 12:
        case 101:
        case 228:
        case 229: return packet;
        case 113: return behind(16);
        case 276: return behind(20);
        default: return std::nullopt;
    }
}

struct Transport {
    unsigned protocol = 0;
    std::string_view bytes;
    std::size_t size = 0;  // on the wire
};

IpAddress address_at(std::string_view packet, std::size_t at, bool is_v6) {
    IpAddress address;
    address.is_v6 = is_v6;
    std::copy_n(packet.data() + at, is_v6 ? 16 : 4, reinterpret_cast<char*>(address.bytes.data()));
    return address;
}

std::optional<Transport> through_v4(std::string_view packet, Dissected& found) {
    const Bytes bytes(packet);
    const std::size_t header = 4UL * (bytes.u8(0) & 15);
    const bool is_fragment = (bytes.u16(6) & 0x3fff) != 0;
    if (header < 20 || packet.size() < header || is_fragment) return std::nullopt;
    found.source.address = address_at(packet, 12, false);
    found.target.address = address_at(packet, 16, false);
    // Zero: the network card was to cut it into segments.
    std::size_t total = bytes.u16(2);
    if (total == 0) total = packet.size();
    if (total < header) return std::nullopt;
    Transport transport;
    transport.protocol = bytes.u8(9);
    transport.bytes = packet.substr(header, total - header);
    transport.size = total - header;
    return transport;
}

std::optional<Transport> through_v6(std::string_view packet, Dissected& found) {
    constexpr std::size_t header = 40;
    constexpr unsigned hop_by_hop = 0, routing = 43, destination = 60;
    const Bytes bytes(packet);
    if (packet.size() < header) return std::nullopt;
    found.source.address = address_at(packet, 8, true);
    found.target.address = address_at(packet, 24, true);
    std::size_t total = header + bytes.u16(4);
    if (total == header) total = packet.size();
    unsigned next = bytes.u8(6);
    std::size_t at = header;
    for (int i = 0; i < 8 && (next == hop_by_hop || next == routing || next == destination); ++i) {
        next = bytes.u8(at);
        at += 8UL * (1 + bytes.u8(at + 1));
    }
    if (at > packet.size() || at > total) return std::nullopt;
    Transport transport;
    transport.protocol = next;
    transport.bytes = packet.substr(at, total - at);
    transport.size = total - at;
    return transport;
}

bool take_tcp(const Transport& transport, Dissected& found) {
    const Bytes bytes(transport.bytes);
    const std::size_t header = 4UL * (bytes.u8(12) >> 4);
    if (transport.bytes.size() < 20 || header < 20 || transport.size < header) return false;
    found.is_tcp = true;
    found.sequence = bytes.u32(4);
    found.acknowledged = bytes.u32(8);
    found.flags = static_cast<std::uint8_t>(bytes.u8(13));
    found.window = static_cast<std::uint16_t>(bytes.u16(14));
    found.payload = transport.bytes.substr(std::min(header, transport.bytes.size()));
    found.payload_size = transport.size - header;
    return true;
}

bool take_udp(const Transport& transport, Dissected& found) {
    constexpr std::size_t header = 8;
    if (transport.bytes.size() < header) return false;
    found.payload = transport.bytes.substr(header);
    found.payload_size = transport.size - header;
    return true;
}

}  // namespace

std::optional<Dissected> dissect(std::uint16_t linktype, std::string_view packet) {
    constexpr unsigned tcp = 6, udp = 17;
    const auto ip = without_link(linktype, packet);
    if (!ip || ip->empty()) return std::nullopt;
    Dissected found;
    const auto version = Bytes(*ip).u8(0) >> 4;
    std::optional<Transport> transport;
    if (version == 4) transport = through_v4(*ip, found);
    if (version == 6) transport = through_v6(*ip, found);
    if (!transport) return std::nullopt;
    const Bytes ports(transport->bytes);
    found.source.port = static_cast<std::uint16_t>(ports.u16(0));
    found.target.port = static_cast<std::uint16_t>(ports.u16(2));
    if (transport->protocol == tcp && take_tcp(*transport, found)) return found;
    if (transport->protocol == udp && take_udp(*transport, found)) return found;
    return std::nullopt;
}

std::string to_string(const IpEndpoint& endpoint) {
    const auto& bytes = endpoint.address.bytes;
    if (!endpoint.address.is_v6)
        return fmt::format("{}.{}.{}.{}:{}", bytes[0], bytes[1], bytes[2], bytes[3], endpoint.port);
    // The longest run of zeros becomes `::` (RFC 5952).
    std::size_t best = 8, longest = 1;
    const auto group = [&](std::size_t i) {
        return unsigned{bytes[2 * i]} << 8 | bytes[2 * i + 1];
    };
    for (std::size_t i = 0; i < 8; ++i) {
        std::size_t run = 0;
        while (i + run < 8 && group(i + run) == 0) ++run;
        if (run > longest) {
            longest = run;
            best = i;
        }
    }
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == best) text += "::";
        if (i >= best && i < best + longest) continue;
        if (i > 0 && i != best + longest) text += ':';
        text += fmt::format("{:x}", group(i));
    }
    return fmt::format("[{}]:{}", text, endpoint.port);
}

}  // namespace nettool::proto
