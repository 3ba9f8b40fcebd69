#pragma once
// Words of HTTP: the bytes of a token (RFC 9110 §5.6.2).

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace nettool::proto {

using ByteSet = std::array<bool, 256>;

constexpr bool is_in(const ByteSet& set, char c) noexcept {
    return set[static_cast<unsigned char>(c)];
}

constexpr bool all_in(const ByteSet& set, std::string_view text) noexcept {
    return std::ranges::all_of(text, [&](char c) { return is_in(set, c); });
}

/// tchar
inline constexpr ByteSet token_bytes = [] {
    ByteSet set{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        set[static_cast<unsigned char>(c)] = true;
    return set;
}();

/// One or more tchar.
constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && all_in(token_bytes, text);
}

/// Takes a quoted string (RFC 9110 §5.6.4), which `text` begins with, and all up to the next
/// semicolon off `text`: what it says.  An end that is missing is no fault.
std::string take_quoted_value(std::string_view& text);

}  // namespace nettool::proto
