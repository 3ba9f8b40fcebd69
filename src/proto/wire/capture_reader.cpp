#include "nettool/proto/wire/capture_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace nettool::proto {
namespace {

constexpr std::uint32_t section_type = 0x0a0d0d0a, byte_order_magic = 0x1a2b3c4d;
constexpr std::uint64_t nanoseconds = 1'000'000'000;

std::uint32_t swapped(std::uint32_t value) {
    return value << 24 | (value & 0xff00) << 8 | (value >> 8 & 0xff00) | value >> 24;
}

std::chrono::nanoseconds time_of(std::uint64_t ticks, std::uint64_t per_second,
                                 std::int64_t offset) {
    const auto seconds = ticks / per_second;
    const auto rest = static_cast<double>(ticks % per_second) / static_cast<double>(per_second);
    const bool whole = nanoseconds % per_second == 0;
    const auto part = whole ? ticks % per_second * (nanoseconds / per_second)
                            : static_cast<std::uint64_t>(rest * 1e9);
    const auto all = (seconds + static_cast<std::uint64_t>(offset)) * nanoseconds + part;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(all));
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

bool CaptureReader::read(std::size_t size) {
    buffer_.resize(size);
    const auto n = source_(buffer_.data(), size);
    if (n == size) return true;
    buffer_.resize(n);
    if (n > 0) return fail("the file is cut off");
    ended_ = true;
    return false;
}

std::uint16_t CaptureReader::u16(std::size_t at) const {
    std::uint16_t value = 0;
    if (at + sizeof value <= buffer_.size()) std::memcpy(&value, buffer_.data() + at, sizeof value);
    return swapped_ ? static_cast<std::uint16_t>(value << 8 | value >> 8) : value;
}

std::uint32_t CaptureReader::u32(std::size_t at) const {
    std::uint32_t value = 0;
    if (at + sizeof value <= buffer_.size()) std::memcpy(&value, buffer_.data() + at, sizeof value);
    return swapped_ ? swapped(value) : value;
}

std::uint64_t CaptureReader::u64_of_halves(std::size_t at) const {
    return std::uint64_t{u32(at)} << 32 | u32(at + 4);
}

std::optional<CapturedPacket> CaptureReader::next() {
    if (ended_) return std::nullopt;
    if (format_ == Format::unknown && !begin()) return std::nullopt;
    return format_ == Format::pcap ? next_of_pcap() : next_of_pcapng();
}

bool CaptureReader::begin() {
    if (!read(4)) return false;
    const auto magic = u32(0);
    if (magic == section_type) {
        format_ = Format::pcapng;
        return begin_section();
    }
    return begin_pcap(magic);
}

bool CaptureReader::begin_pcap(std::uint32_t magic) {
    constexpr std::uint32_t microseconds_magic = 0xa1b2c3d4, nanoseconds_magic = 0xa1b23c4d;
    swapped_ = magic == swapped(microseconds_magic) || magic == swapped(nanoseconds_magic);
    if (swapped_) magic = swapped(magic);
    if (magic != microseconds_magic && magic != nanoseconds_magic)
        return fail("neither pcapng nor pcap");
    if (!read(20)) return false;
    Interface interface;
    interface.linktype = static_cast<std::uint16_t>(u32(16));
    if (magic == nanoseconds_magic) interface.ticks_per_second = nanoseconds;
    interfaces_.push_back(interface);
    format_ = Format::pcap;
    return true;
}

std::optional<CapturedPacket> CaptureReader::next_of_pcap() {
    if (!read(16)) return std::nullopt;
    const std::uint64_t per_second = interfaces_[0].ticks_per_second;
    const auto ticks = u32(0) * per_second + u32(4);
    const auto captured = u32(8), length = u32(12);
    if (captured > max_block_bytes) {
        fail("a packet is too long");
        return std::nullopt;
    }
    if (!read(captured)) return std::nullopt;
    return packet(0, ticks, 0, captured, length);
}

// The type of its first block has been read.
bool CaptureReader::begin_section() {
    std::array<char, 8> head;
    if (source_(head.data(), head.size()) != head.size()) return fail("the file is cut off");
    std::uint32_t size = 0, magic = 0;
    std::memcpy(&size, head.data(), sizeof size);
    std::memcpy(&magic, head.data() + 4, sizeof magic);
    swapped_ = magic == swapped(byte_order_magic);
    if (swapped_)
        size = swapped(size);
    else if (magic != byte_order_magic)
        return fail("a section without its byte order");
    interfaces_.clear();
    if (size < 28 || size > max_block_bytes || size % 4 != 0)
        return fail("a block of a bad length");
    return read(size - 12);
}

bool CaptureReader::read_block(std::uint32_t& type, std::uint32_t& size) {
    if (!read(4)) return false;
    type = u32(0);
    if (type == section_type) {
        size = 0;
        return begin_section();
    }
    if (!read(4)) return fail("the file is cut off");
    size = u32(0);
    if (size < 12 || size > max_block_bytes || size % 4 != 0)
        return fail("a block of a bad length");
    return read(size - 8) || fail("the file is cut off");
}

std::optional<CapturedPacket> CaptureReader::next_of_pcapng() {
    constexpr std::uint32_t interface_type = 1, obsolete_type = 2, simple_type = 3,
                            enhanced_type = 6;
    std::uint32_t type = 0, size = 0;
    while (read_block(type, size)) {
        std::optional<CapturedPacket> found;
        if (type == interface_type) add_interface();
        if (type == enhanced_type) found = enhanced_packet();
        if (type == obsolete_type) found = obsolete_packet();
        if (type == simple_type) found = simple_packet();
        if (found || ended_) return found;
    }
    return std::nullopt;
}

void CaptureReader::each_option(
    std::size_t begin,
    const std::function<void(std::uint16_t, std::size_t, std::size_t)>& take) const {
    const auto end = buffer_.size() - std::min<std::size_t>(4, buffer_.size());
    while (begin + 4 <= end) {
        const auto code = u16(begin);
        const std::size_t size = u16(begin + 2);
        if (code == 0 || begin + 4 + size > end) return;
        take(code, begin + 4, size);
        begin += 4 + (size + 3) / 4 * 4;
    }
}

void CaptureReader::add_interface() {
    constexpr std::size_t most_interfaces = 10'000;
    constexpr std::uint16_t resolution_code = 9, offset_code = 14;
    if (interfaces_.size() >= most_interfaces) {
        fail("too many interfaces");
        return;
    }
    Interface interface;
    interface.linktype = u16(0);
    each_option(8, [&](std::uint16_t code, std::size_t at, std::size_t size) {
        if (code == resolution_code && size == 1)
            interface.ticks_per_second = resolution(static_cast<unsigned char>(buffer_[at]));
        if (code == offset_code && size == 8) {
            const std::uint64_t low = u32(swapped_ ? at + 4 : at),
                                high = u32(swapped_ ? at : at + 4);
            interface.offset_seconds = static_cast<std::int64_t>(high << 32 | low);
        }
    });
    interfaces_.push_back(interface);
}

CapturedPacket CaptureReader::packet(std::size_t interface, std::uint64_t ticks, std::size_t begin,
                                     std::uint32_t captured, std::uint32_t length) {
    CapturedPacket found;
    const auto& at = interfaces_[interface];
    found.number = ++number_;
    found.time = time_of(ticks, at.ticks_per_second, at.offset_seconds);
    found.linktype = at.linktype;
    found.bytes = std::string_view(buffer_).substr(begin, captured);
    found.length = length;
    return found;
}

std::optional<CapturedPacket> CaptureReader::enhanced_packet() {
    constexpr std::uint16_t comment_code = 1;
    const std::size_t begin = 20, interface = u32(0);
    const auto captured = u32(12);
    if (interface >= interfaces_.size() || begin + captured + 4 > buffer_.size()) {
        fail("a packet block that contradicts itself");
        return std::nullopt;
    }
    auto found = packet(interface, u64_of_halves(4), begin, captured, u32(16));
    const std::size_t padded = (std::size_t{captured} + 3) / 4 * 4;
    each_option(begin + padded, [&](std::uint16_t code, std::size_t at, std::size_t size) {
        if (code == comment_code && found.comment.empty())
            found.comment = std::string_view(buffer_).substr(at, size);
    });
    return found;
}

std::optional<CapturedPacket> CaptureReader::obsolete_packet() {
    const std::size_t begin = 20, interface = u16(0);
    const auto captured = u32(12);
    if (interface >= interfaces_.size() || begin + captured + 4 > buffer_.size()) {
        fail("a packet block that contradicts itself");
        return std::nullopt;
    }
    return packet(interface, u64_of_halves(4), begin, captured, u32(16));
}

std::optional<CapturedPacket> CaptureReader::simple_packet() {
    const auto length = u32(0);
    if (interfaces_.empty() || buffer_.size() < 8) {
        fail("a packet block that contradicts itself");
        return std::nullopt;
    }
    const auto room = static_cast<std::uint32_t>(buffer_.size() - 8);
    return packet(0, 0, 4, std::min(length, room), length);
}

}  // namespace nettool::proto
