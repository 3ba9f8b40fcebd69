#pragma once
// How the values of options are written: a type is one when these functions are found for it.

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::cli {

/// A number of bytes: `123`, `64K`, `10M`, `1G` (powers of 1024).
struct Size {
    std::uint64_t bytes = 0;
};

template <class T>
concept Number = std::integral<T> && !std::same_as<T, bool>;

bool parse_value(std::string_view text, std::string& value);
bool parse_value(std::string_view text, std::chrono::milliseconds& value);  // 250ms 1.5s 5m 2h
bool parse_value(std::string_view text, Size& value);
bool parse_value(std::string_view text, Number auto& value) {
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    return status == std::errc{} && end == text.data() + text.size();
}

std::string to_string(const std::string& value);
std::string to_string(std::chrono::milliseconds value);
std::string to_string(const Size& value);
std::string to_string(Number auto value) { return std::to_string(value); }

/// "a number from 0 to 65535", for the message about a bad value; empty where nothing helps.
inline std::string expected_value(const std::string&) { return {}; }
inline std::string expected_value(std::chrono::milliseconds) {
    return "a time such as 250ms, 30s, 5m";
}
inline std::string expected_value(const Size&) { return "a size such as 64K, 10M, 1G"; }
template <Number T>
std::string expected_value(T) {
    return "a number from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
           std::to_string(std::numeric_limits<T>::max());
}
/// Of the types that other floors give.
template <class T>
requires(!Number<T>) std::string expected_value(const T&) { return {}; }

/// Unset until the option is given.
template <class T>
bool parse_value(std::string_view text, std::optional<T>& value) {
    T parsed{};
    if (!parse_value(text, parsed)) return false;
    value = std::move(parsed);
    return true;
}
template <class T>
std::string to_string(const std::optional<T>& value) {
    return value ? to_string(*value) : std::string();
}
template <class T>
std::string expected_value(const std::optional<T>&) {
    return expected_value(T{});
}

}  // namespace nettool::cli
