#include "nettool/proto/web/base64.hpp"

#include <cstdint>

namespace nettool::proto {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    while (!bytes.empty()) {
        const auto group = bytes.substr(0, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= group.size() ? alphabet[bits >> (18 - 6 * i) & 0x3f] : '=';
        bytes.remove_prefix(group.size());
    }
    return text;
}

namespace {

// How many bits were left over beside whole bytes, and what they were.
struct LeftOver {
    unsigned count = 0;
    std::uint32_t bits = 0;
};

// Without its padding.
std::optional<std::string> decoded(std::string_view text, LeftOver& left) {
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto value = alphabet.find(c);
        if (value == alphabet.npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(bits >> count & 0xff);
    }
    left = {count, bits & ((1U << count) - 1)};
    return bytes;
}

std::string_view without_padding(std::string_view text) {
    if (text.size() % 4 != 0) return text;
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    return text;
}

}  // namespace

std::optional<std::string> base64_decoded(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    LeftOver left;
    auto bytes = decoded(without_padding(text), left);
    return left.bits == 0 ? bytes : std::nullopt;
}

std::optional<std::string> base64_decoded_leniently(std::string_view text) {
    std::string dense(text);
    std::erase_if(dense, [](char c) {
        return std::string_view(" \t\n\f\r").find(c) != std::string_view::npos;
    });
    const auto bare = without_padding(dense);
    LeftOver left;
    if (bare.size() % 4 == 1) return std::nullopt;
    return decoded(bare, left);
}

}  // namespace nettool::proto
