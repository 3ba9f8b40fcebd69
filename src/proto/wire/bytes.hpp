#pragma once
// Big-endian numbers of bytes that may end anywhere: zero beyond.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nettool::proto {

class Bytes {
public:
    explicit Bytes(std::string_view text) : text_(text) {}

    unsigned u8(std::size_t at) const {
        return at < text_.size() ? static_cast<unsigned char>(text_[at]) : 0U;
    }
    unsigned u16(std::size_t at) const { return u8(at) << 8 | u8(at + 1); }
    unsigned u24(std::size_t at) const { return u8(at) << 16 | u16(at + 1); }
    std::uint32_t u32(std::size_t at) const {
        return std::uint32_t{u16(at)} << 16 | std::uint32_t{u16(at + 2)};
    }

private:
    std::string_view text_;
};

}  // namespace nettool::proto
