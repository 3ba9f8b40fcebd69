#pragma once
// Letters as protocols compare them: ASCII only, whatever the locale says.

#include <algorithm>
#include <string>
#include <string_view>

namespace nettool {

constexpr char ascii_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_ascii_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr bool is_ascii_letter(char c) noexcept {
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/// Of a hexadecimal digit; -1 for another byte.
constexpr int hex_value(char c) noexcept {
    if (is_ascii_digit(c)) return c - '0';
    const char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

inline std::string ascii_lowered(std::string_view text) {
    std::string lowered(text);
    for (auto& c : lowered) c = ascii_lower(c);
    return lowered;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

/// Without SP and HTAB at either end.
constexpr std::string_view without_blanks(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Whether C0 or DEL is among them.
constexpr bool has_control_bytes(std::string_view text) noexcept {
    return std::ranges::any_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

constexpr bool is_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
}

}  // namespace nettool
