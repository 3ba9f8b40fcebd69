#include "nettool/proto/wire/dissect.hpp"

#include "bytes.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr unsigned icmp = 1, tcp = 6, udp = 17, icmp_v6 = 58;

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

IpAddress address_at(std::string_view packet, std::size_t at, bool is_v6) {
    IpAddress address;
    address.is_v6 = is_v6;
    std::copy_n(packet.data() + at, is_v6 ? 16 : 4, reinterpret_cast<char*>(address.bytes.data()));
    return address;
}

std::optional<IpPayload> through_v4(std::string_view packet) {
    const Bytes bytes(packet);
    const std::size_t header = 4UL * (bytes.u8(0) & 15);
    if (header < 20 || packet.size() < header) return std::nullopt;
    IpPayload ip;
    ip.source = address_at(packet, 12, false);
    ip.target = address_at(packet, 16, false);
    // Zero: the network card was to cut it into segments.
    std::size_t total = bytes.u16(2);
    if (total == 0) total = packet.size();
    if (total < header) return std::nullopt;
    ip.protocol = bytes.u8(9);
    ip.bytes = packet.substr(header, total - header);
    ip.size = total - header;
    ip.id = bytes.u16(4);
    ip.offset = 8UL * (bytes.u16(6) & 0x1fff);
    ip.more = (bytes.u16(6) & 0x2000) != 0;
    return ip;
}

// Walks over the extension headers (RFC 8200, section 4).
std::optional<IpPayload> through_v6(std::string_view packet) {
    constexpr std::size_t header = 40;
    constexpr unsigned hop_by_hop = 0, routing = 43, fragment = 44, destination = 60;
    const Bytes bytes(packet);
    if (packet.size() < header) return std::nullopt;
    IpPayload ip;
    ip.source = address_at(packet, 8, true);
    ip.target = address_at(packet, 24, true);
    std::size_t total = header + bytes.u16(4);
    if (total == header) total = packet.size();
    ip.protocol = bytes.u8(6);
    std::size_t at = header;
    for (int i = 0; i < 8; ++i) {
        if (ip.protocol == fragment) {
            ip.offset = bytes.u16(at + 2) & 0xfff8;
            ip.more = (bytes.u16(at + 2) & 1) != 0;
            ip.id = bytes.u32(at + 4);
        } else if (ip.protocol != hop_by_hop && ip.protocol != routing &&
                   ip.protocol != destination) {
            break;
        }
        const bool fixed = ip.protocol == fragment;
        ip.protocol = bytes.u8(at);
        at += fixed ? 8UL : 8UL * (1 + bytes.u8(at + 1));
        if (ip.offset > 0) break;  // what follows is the middle of something
    }
    if (at > packet.size() || at > total) return std::nullopt;
    ip.bytes = packet.substr(at, total - at);
    ip.size = total - at;
    return ip;
}

std::optional<IpPayload> through_ip(std::string_view packet) {
    switch (Bytes(packet).u8(0) >> 4) {
        case 4: return through_v4(packet);
        case 6: return through_v6(packet);
        default: return std::nullopt;
    }
}

bool take_tcp(const IpPayload& ip, Dissected& found) {
    const Bytes bytes(ip.bytes);
    const std::size_t header = 4UL * (bytes.u8(12) >> 4);
    if (ip.bytes.size() < 20 || header < 20 || ip.size < header) return false;
    found.is_tcp = true;
    found.sequence = bytes.u32(4);
    found.acknowledged = bytes.u32(8);
    found.flags = static_cast<std::uint8_t>(bytes.u8(13));
    found.window = static_cast<std::uint16_t>(bytes.u16(14));
    found.payload = ip.bytes.substr(std::min(header, ip.bytes.size()));
    found.payload_size = ip.size - header;
    return true;
}

bool take_udp(const IpPayload& ip, Dissected& found) {
    constexpr std::size_t header = 8;
    if (ip.bytes.size() < header) return false;
    const auto length = std::max<std::size_t>(Bytes(ip.bytes).u16(4), header);
    found.payload = ip.bytes.substr(header, length - header);
    found.payload_size = std::min(ip.size, length) - header;
    return true;
}

std::string_view complaint_of_v4(unsigned type, unsigned code) {
    constexpr unsigned unreachable = 3, exceeded = 11;
    if (type == exceeded) return "time to live exceeded";
    if (type != unreachable) return {};
    switch (code) {
        case 0: return "network unreachable";
        case 1: return "host unreachable";
        case 3: return "port unreachable";
        case 4: return "packet too big";
        case 9:
        case 10:
        case 13: return "administratively prohibited";
        default: return "destination unreachable";
    }
}

std::string_view complaint_of_v6(unsigned type, unsigned code) {
    constexpr unsigned unreachable = 1, too_big = 2, exceeded = 3;
    if (type == too_big) return "packet too big";
    if (type == exceeded) return "hop limit exceeded";
    if (type != unreachable) return {};
    switch (code) {
        case 0: return "no route";
        case 1: return "administratively prohibited";
        case 4: return "port unreachable";
        default: return "address unreachable";
    }
}

bool take_ports(const IpPayload& ip, Dissected& found) {
    if ((ip.protocol != tcp && ip.protocol != udp) || ip.bytes.size() < 4 || ip.offset > 0)
        return false;
    const Bytes ports(ip.bytes);
    found.is_tcp = ip.protocol == tcp;
    found.source = {ip.source, static_cast<std::uint16_t>(ports.u16(0))};
    found.target = {ip.target, static_cast<std::uint16_t>(ports.u16(2))};
    return true;
}

// It quotes the beginning of the packet that could not go on.
std::optional<Dissected> take_icmp(const IpPayload& ip) {
    constexpr std::size_t header = 8;
    if (ip.bytes.size() < header) return std::nullopt;
    const Bytes bytes(ip.bytes);
    const auto complaint = ip.protocol == icmp ? complaint_of_v4(bytes.u8(0), bytes.u8(1))
                                               : complaint_of_v6(bytes.u8(0), bytes.u8(1));
    const auto quoted = through_ip(ip.bytes.substr(header));
    Dissected found;
    if (complaint.empty() || !quoted || !take_ports(*quoted, found)) return std::nullopt;
    std::swap(found.source, found.target);
    found.complaint = complaint;
    return found;
}

}  // namespace

std::optional<IpPayload> ip_payload(std::uint16_t linktype, std::string_view packet) {
    const auto ip = without_link(linktype, packet);
    return ip ? through_ip(*ip) : std::nullopt;
}

std::optional<Dissected> dissect(const IpPayload& ip) {
    if (ip.is_fragment()) return std::nullopt;
    if (ip.protocol == icmp || ip.protocol == icmp_v6) return take_icmp(ip);
    Dissected found;
    if (!take_ports(ip, found)) return std::nullopt;
    const bool whole = found.is_tcp ? take_tcp(ip, found) : take_udp(ip, found);
    return whole ? std::optional(found) : std::nullopt;
}

std::optional<Dissected> dissect(std::uint16_t linktype, std::string_view packet) {
    const auto ip = ip_payload(linktype, packet);
    return ip ? dissect(*ip) : std::nullopt;
}

std::string to_string(const IpAddress& address) {
    const auto& bytes = address.bytes;
    if (!address.is_v6) return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
    // The longest run of zeros becomes `::`.
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
    return text;
}

std::string to_string(const IpEndpoint& endpoint) {
    return fmt::format(fmt::runtime(endpoint.address.is_v6 ? "[{}]:{}" : "{}:{}"),
                       to_string(endpoint.address), endpoint.port);
}

}  // namespace nettool::proto
