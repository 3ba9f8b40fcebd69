#pragma once
// Letters as protocols compare them: ASCII only, whatever the locale says.

#include <algorithm>
#include <string>
#include <string_view>

namespace nettool {

constexpr char ascii_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string ascii_lowered(std::string_view text) {
    std::string lowered(text);
    for (auto& c : lowered) c = ascii_lower(c);
    return lowered;
}

constexpr bool is_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
}

}  // namespace nettool
