#include "nettool/base/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace nettool {
namespace {

std::uint64_t factor_of_time(std::string_view unit) {
    if (unit == "ms") return 1;
    if (unit == "s") return 1000;
    if (unit == "m") return 60'000;
    return unit == "h" ? 3'600'000 : 0;
}

std::uint64_t factor_of_size(std::string_view unit) {
    if (unit.empty()) return 1;
    if (unit == "K") return 1U << 10;
    if (unit == "M") return 1U << 20;
    return unit == "G" ? 1U << 30 : 0;
}

// What is behind the number; a factor of zero means no such unit.
bool parse_decimal(std::string_view text, double& number, std::string_view& unit) {
    const auto end = text.data() + text.size();
    const auto [rest, status] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    unit = {rest, end};
    return status == std::errc{} && text.front() != '-';
}

}  // namespace

bool parse_time(std::string_view text, std::chrono::milliseconds& value) {
    constexpr double longest = 1e12;  // thirty years
    double count = 0;
    std::string_view unit;
    if (!parse_decimal(text, count, unit) || factor_of_time(unit) == 0) return false;
    count *= static_cast<double>(factor_of_time(unit));
    if (!(count <= longest)) return false;
    value = std::chrono::milliseconds(std::llround(count));
    return true;
}

bool parse_size(std::string_view text, std::uint64_t& bytes) {
    std::uint64_t count = 0;
    const auto end = text.data() + text.size();
    const auto [rest, status] = std::from_chars(text.data(), end, count);
    const auto factor = factor_of_size({rest, end});
    if (status != std::errc{} || factor == 0) return false;
    if (count > std::numeric_limits<std::uint64_t>::max() / factor) return false;
    bytes = count * factor;
    return true;
}

std::string human_size(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 6> units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    constexpr double factor = 1024, rounds_up = 1023.95;
    if (bytes < 1024) return fmt::format("{} B", bytes);
    auto size = static_cast<double>(bytes) / factor;
    std::size_t unit = 0;
    for (; size >= rounds_up; ++unit) size /= factor;
    return fmt::format("{:.1f} {}", size, units[unit]);
}

bool parse_share(std::string_view text, double& part) {
    double percent = 0;
    std::string_view unit;
    if (!parse_decimal(text, percent, unit) || unit != "%" || !(percent <= 100)) return false;
    part = percent / 100;
    return true;
}

}  // namespace nettool
