#include "nettool/proto/wire/capture_reader.hpp"

#include <algorithm>
#include <cstring>

namespace nettool::proto {
namespace {

constexpr std::uint32_t section_type = 0x0a0d0d0a, byte_order_magic = 0x1a2b3c4d;
constexpr std::uint64_t nanoseconds = 1'000'000'000;

std::uint32_t swapped(std::uint32_t value) {
    return value << 24 | (value & 0xff00) << 8 | (value >> 8 & 0xff00) | value >> 24;
}

// From 1970 to 2096, so that no difference of two overflows.
std::chrono::nanoseconds time_of(std::uint64_t ticks, std::uint64_t per_second,
                                 std::int64_t offset) {
    constexpr std::int64_t most_seconds = 4'000'000'000;
    const auto whole = std::min<std::uint64_t>(ticks / per_second, most_seconds);
    const auto seconds = static_cast<std::int64_t>(whole) +
                         std::clamp<std::int64_t>(offset, -most_seconds, most_seconds);
    const auto rest = ticks % per_second;
    const bool divides = nanoseconds % per_second == 0;
    const auto part = divides ? rest * (nanoseconds / per_second)
                              : static_cast<std::uint64_t>(static_cast<double>(rest) /
                                                           static_cast<double>(per_second) * 1e9);
    return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, most_seconds)) +
           std::chrono::nanoseconds(part);
}

// if_tsresol: a negative power of ten, or of two where the highest bit is set.
std::uint64_t resolution(unsigned char code) {
    std::uint64_t ticks = 1;
    const bool binary = (code & 0x80) != 0;
    const unsigned most = binary ? 63 : 19;
    for (unsigned i = 0; i < std::min<unsigned>(code & 0x7f, most); ++i) ticks *= binary ? 2 : 10;
    return ticks;
}

}  // namespace

bool CaptureReader::fail(std::string why) {
    trouble_ = std::move(why);
    ended_ = true;
    return false;
}

std::optional<CapturedPacket> CaptureReader::contradiction() {
    fail("a packet block that contradicts itself");
    return std::nullopt;
}

std::uint16_t CaptureReader::u16(std::string_view block, std::size_t at) const {
    std::uint16_t value = 0;
    if (at + sizeof value <= block.size()) std::memcpy(&value, block.data() + at, sizeof value);
    return swapped_ ? static_cast<std::uint16_t>(value << 8 | value >> 8) : value;
}

std::uint32_t CaptureReader::u32(std::string_view block, std::size_t at) const {
    std::uint32_t value = 0;
    if (at + sizeof value <= block.size()) std::memcpy(&value, block.data() + at, sizeof value);
    return swapped_ ? swapped(value) : value;
}

void CaptureReader::feed(std::string_view bytes) {
    buffer_.erase(0, at_);
    at_ = 0;
    buffer_ += bytes;
}

// Whether so many bytes are there; if there never will be, this is the end.
bool CaptureReader::await(std::size_t size) {
    const auto here = buffer_.size() - at_;
    if (here >= size) return true;
    if (!all_fed_) return false;
    ended_ = true;
    return here > 0 ? fail("the file is cut off") : false;
}

std::optional<CapturedPacket> CaptureReader::next() {
    if (ended_) return std::nullopt;
    if (format_ == Format::unknown && !begin()) return std::nullopt;
    return format_ == Format::pcap ? next_of_pcap() : next_of_pcapng();
}

bool CaptureReader::begin() {
    if (!await(4)) return false;
    const auto magic = u32(buffer_, at_);
    if (magic != section_type) return begin_pcap(magic);
    format_ = Format::pcapng;
    return true;
}

bool CaptureReader::begin_pcap(std::uint32_t magic) {
    constexpr std::uint32_t microseconds_magic = 0xa1b2c3d4, nanoseconds_magic = 0xa1b23c4d;
    constexpr std::size_t header = 24;
    const bool other = magic == swapped(microseconds_magic) || magic == swapped(nanoseconds_magic);
    if (other) magic = swapped(magic);
    if (magic != microseconds_magic && magic != nanoseconds_magic)
        return fail("neither pcapng nor pcap");
    if (!await(header)) return false;
    swapped_ = other;
    Interface interface;
    interface.linktype = static_cast<std::uint16_t>(u32(buffer_, at_ + 20));
    if (magic == nanoseconds_magic) interface.ticks_per_second = nanoseconds;
    interfaces_.push_back(interface);
    format_ = Format::pcap;
    at_ += header;
    return true;
}

std::optional<CapturedPacket> CaptureReader::next_of_pcap() {
    constexpr std::size_t header = 16;
    if (!await(header)) return std::nullopt;
    const auto record = std::string_view(buffer_).substr(at_);
    const std::uint64_t per_second = interfaces_[0].ticks_per_second;
    const auto ticks = u32(record, 0) * per_second + u32(record, 4);
    const Place place{header, u32(record, 8), u32(record, 12)};
    if (place.captured > max_block_bytes) {
        fail("a packet is too long");
        return std::nullopt;
    }
    if (!await(header + place.captured)) return std::nullopt;
    at_ += header + place.captured;
    return packet(interfaces_[0], ticks, record, place);
}

std::optional<CapturedPacket> CaptureReader::next_of_pcapng() {
    std::string_view block;
    while (next_block(block)) {
        auto found = read_block(block);
        if (found || ended_) return found;
    }
    return std::nullopt;
}

// The next whole block but for the length at its end.
bool CaptureReader::next_block(std::string_view& block) {
    constexpr std::size_t head = 12;
    if (!await(head)) return false;
    const auto left = std::string_view(buffer_).substr(at_);
    if (u32(left, 0) == section_type) {
        swapped_ = false;
        swapped_ = u32(left, 8) == swapped(byte_order_magic);
        if (u32(left, 8) != byte_order_magic) return fail("a section without its byte order");
        interfaces_.clear();
    }
    const auto size = u32(left, 4);
    if (size < head || size > max_block_bytes || size % 4 != 0)
        return fail("a block of a bad length");
    if (!await(size)) return false;
    block = left.substr(0, size - 4);
    at_ += size;
    return true;
}

std::optional<CapturedPacket> CaptureReader::read_block(std::string_view block) {
    constexpr std::uint32_t interface_type = 1, obsolete_type = 2, simple_type = 3,
                            enhanced_type = 6;
    switch (u32(block, 0)) {
        case interface_type: add_interface(block); return std::nullopt;
        case enhanced_type: return packet_block(block, u32(block, 8), true);
        case obsolete_type: return packet_block(block, u16(block, 8), false);
        case simple_type: return simple_packet(block);
        default: return std::nullopt;
    }
}

void CaptureReader::each_option(std::string_view block, std::size_t begin,
                                const TakeOption& take) const {
    while (begin + 4 <= block.size()) {
        const auto code = u16(block, begin);
        const std::size_t size = u16(block, begin + 2);
        if (code == 0 || begin + 4 + size > block.size()) return;
        take(code, block.substr(begin + 4, size));
        begin += 4 + (size + 3) / 4 * 4;
    }
}

void CaptureReader::add_interface(std::string_view block) {
    constexpr std::size_t most_interfaces = 10'000, options = 16;
    constexpr std::uint16_t resolution_code = 9, offset_code = 14;
    if (interfaces_.size() >= most_interfaces) {
        fail("too many interfaces");
        return;
    }
    Interface interface;
    interface.linktype = u16(block, 8);
    interface.most_captured = u32(block, 12);
    each_option(block, options, [&](std::uint16_t code, std::string_view value) {
        if (code == resolution_code && value.size() == 1)
            interface.ticks_per_second = resolution(static_cast<unsigned char>(value[0]));
        if (code == offset_code && value.size() == 8) {
            const std::uint64_t low = u32(value, swapped_ ? 4 : 0),
                                high = u32(value, swapped_ ? 0 : 4);
            interface.offset_seconds = static_cast<std::int64_t>(high << 32 | low);
        }
    });
    interfaces_.push_back(interface);
}

CapturedPacket CaptureReader::packet(const Interface& interface, std::uint64_t ticks,
                                     std::string_view block, const Place& place) {
    CapturedPacket found;
    found.number = ++number_;
    found.time = time_of(ticks, interface.ticks_per_second, interface.offset_seconds);
    found.linktype = interface.linktype;
    found.bytes = block.substr(place.begin, place.captured);
    found.length = place.length;
    return found;
}

// Enhanced and obsolete ones differ in the interface's place only.
std::optional<CapturedPacket> CaptureReader::packet_block(std::string_view block,
                                                          std::size_t interface, bool has_options) {
    constexpr std::uint16_t comment_code = 1;
    const Place place{28, u32(block, 20), u32(block, 24)};
    if (interface >= interfaces_.size() || place.begin + place.captured > block.size())
        return contradiction();
    const auto ticks = std::uint64_t{u32(block, 12)} << 32 | u32(block, 16);
    auto found = packet(interfaces_[interface], ticks, block, place);
    if (!has_options) return found;
    const auto padded = (std::size_t{place.captured} + 3) / 4 * 4;
    const auto keep_comment = [&found](std::uint16_t code, std::string_view value) {
        if (code == comment_code && found.comment.empty()) found.comment = value;
    };
    each_option(block, place.begin + padded, keep_comment);
    return found;
}

// Without a time, and as long as the first interface lets it be.
std::optional<CapturedPacket> CaptureReader::simple_packet(std::string_view block) {
    constexpr std::size_t begin = 12;
    if (interfaces_.empty() || block.size() < begin) return contradiction();
    const auto length = u32(block, 8), most = interfaces_[0].most_captured;
    auto captured = std::min(length, static_cast<std::uint32_t>(block.size() - begin));
    if (most > 0) captured = std::min(captured, most);
    return packet(interfaces_[0], 0, block, {begin, captured, length});
}

}  // namespace nettool::proto
