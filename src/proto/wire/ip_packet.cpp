#include "nettool/proto/wire/ip_packet.hpp"

#include <bit>
#include <cstring>

namespace nettool::proto {
namespace {

constexpr std::uint8_t tcp = 6, udp = 17;
constexpr std::uint16_t window = 65'535;

// The headers of one packet, before they are appended in one piece.
class Header {
public:
    void u8(unsigned value) { bytes_[size_++] = static_cast<char>(value); }
    void u16(unsigned value) {
        u8(value >> 8);
        u8(value);
    }
    void u32(std::uint32_t value) {
        u16(value >> 16);
        u16(value & 0xffff);
    }
    void text(std::string_view text) {
        if (text.empty()) return;  // which may be null
        std::memcpy(bytes_.data() + size_, text.data(), text.size());
        size_ += text.size();
    }
    void store_u16(std::size_t at, unsigned value) {
        bytes_[at] = static_cast<char>(value >> 8);
        bytes_[at + 1] = static_cast<char>(value);
    }
    std::size_t size() const { return size_; }
    std::string_view from(std::size_t begin) const {
        return {bytes_.data() + begin, size_ - begin};
    }

private:
    std::array<char, 100> bytes_;  // 40 of IP, 60 of TCP
    std::size_t size_ = 0;
};

void store_u16(std::string& out, std::size_t at, unsigned value) {
    out[at] = static_cast<char>(value >> 8);
    out[at + 1] = static_cast<char>(value);
}

std::string_view text_of(const IpAddress& address) {
    return {reinterpret_cast<const char*>(address.bytes.data()), address.is_v6 ? 16U : 4U};
}

void add_ip(Header& header, const IpAddress& source, const IpAddress& target, std::uint8_t protocol,
            std::size_t size) {
    constexpr unsigned hops = 64;
    if (source.is_v6) {
        header.u32(0x60000000);
        header.u16(static_cast<unsigned>(size));
        header.u8(protocol);
        header.u8(hops);
        header.text(text_of(source));
        header.text(text_of(target));
        return;
    }
    constexpr std::size_t own_size = 20;
    header.u16(0x4500);
    header.u16(static_cast<unsigned>(size + own_size));
    header.u32(0x4000);  // nothing is fragmented, nor may be
    header.u8(hops);
    header.u8(protocol);
    header.u16(0);
    header.text(text_of(source));
    header.text(text_of(target));
    header.store_u16(10, internet_checksum(sum_of_words(header.from(0))));
}

// Of the pseudo-header.
std::uint64_t sum_of_pseudo_header(const IpAddress& source, const IpAddress& target,
                                   std::uint8_t protocol, std::size_t size) {
    return sum_of_words(text_of(source)) + sum_of_words(text_of(target)) + protocol + size;
}

}  // namespace

std::uint64_t sum_of_words(std::string_view bytes) noexcept {
    // In the machine's own order, eight bytes at a time; the swap at the end makes it right (RFC
    // 1071, section 2 (B)).
    std::uint64_t low = 0, high = 0;
    while (bytes.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        low += word & 0xffffffff;
        high += word >> 32;
        bytes.remove_prefix(8);
    }
    std::uint64_t rest = 0;
    if (!bytes.empty()) std::memcpy(&rest, bytes.data(), bytes.size());
    low += (rest & 0xffffffff) + (rest >> 32);
    std::uint64_t sum = low + high;
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    if constexpr (std::endian::native == std::endian::little) sum = (sum >> 8 | sum << 8) & 0xffff;
    return sum;
}

std::uint16_t internet_checksum(std::uint64_t sum) noexcept {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

void append_packet(std::string& out, const TcpSegment& segment) {
    constexpr std::size_t fixed = 20;
    const auto own_size = fixed + segment.options.size();
    const auto size = own_size + segment.payload.size();
    Header header;
    add_ip(header, segment.source.address, segment.target.address, tcp, size);
    const auto begin = header.size();
    header.u16(segment.source.port);
    header.u16(segment.target.port);
    header.u32(segment.sequence);
    header.u32(segment.acknowledged);
    header.u8(static_cast<unsigned>(own_size / 4 << 4));
    header.u8(segment.flags);
    header.u16(window);
    header.u32(0);  // checksum and urgent pointer
    header.text(segment.options);
    const auto sum =
        sum_of_pseudo_header(segment.source.address, segment.target.address, tcp, size) +
        sum_of_words(header.from(begin)) + sum_of_words(segment.payload);
    header.store_u16(begin + 16, internet_checksum(sum));
    out.append(header.from(0)).append(segment.payload);
}

void correct_tcp_checksum(std::string& packet) {
    constexpr std::size_t shortest_v4 = 20, v6_header = 40, shortest_tcp = 20, place = 16;
    if (packet.size() < shortest_v4) return;
    const auto first = static_cast<unsigned char>(packet[0]);
    const bool is_v6 = first >> 4 == 6;
    const std::size_t begin = is_v6 ? v6_header : 4UL * (first & 15);
    if (begin < shortest_v4 || packet.size() < begin + shortest_tcp) return;
    if (packet[is_v6 ? 6 : 9] != tcp) return;
    store_u16(packet, begin + place, 0);
    const std::string_view text(packet);
    const auto addresses = is_v6 ? text.substr(8, 32) : text.substr(12, 8);
    const auto sum =
        sum_of_words(addresses) + tcp + (text.size() - begin) + sum_of_words(text.substr(begin));
    store_u16(packet, begin + place, internet_checksum(sum));
}

void append_packet(std::string& out, const UdpDatagram& datagram) {
    constexpr std::size_t own_size = 8;
    const auto size = own_size + datagram.payload.size();
    Header header;
    add_ip(header, datagram.source.address, datagram.target.address, udp, size);
    const auto begin = header.size();
    header.u16(datagram.source.port);
    header.u16(datagram.target.port);
    header.u16(static_cast<unsigned>(size));
    header.u16(0);
    const auto sum =
        sum_of_pseudo_header(datagram.source.address, datagram.target.address, udp, size) +
        sum_of_words(header.from(begin)) + sum_of_words(datagram.payload);
    const auto checksum = internet_checksum(sum);
    header.store_u16(begin + 6, checksum == 0 ? 0xffff : checksum);  // zero means none
    out.append(header.from(0)).append(datagram.payload);
}

}  // namespace nettool::proto
