#include "nettool/cli/values.hpp"

#include "nettool/base/units.hpp"

namespace nettool::cli {

using std::chrono::milliseconds;

bool parse_value(std::string_view text, std::string& value) {
    value = text;
    return true;
}

namespace {

struct Unit {
    std::string_view name;
    std::int64_t factor;
};

constexpr Unit times[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
constexpr Unit sizes[] = {{"", 1}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}};

}  // namespace

bool parse_value(std::string_view text, milliseconds& value) { return parse_time(text, value); }

bool parse_value(std::string_view text, Size& value) { return parse_size(text, value.bytes); }

namespace {

// In the largest unit that leaves no rest.
template <std::size_t n>
std::string with_unit(const Unit (&units)[n], std::uint64_t count) {
    const Unit* best = &units[0];
    for (const auto& unit : units)
        if (count > 0 && count % static_cast<std::uint64_t>(unit.factor) == 0) best = &unit;
    return std::to_string(count / static_cast<std::uint64_t>(best->factor)) +
           std::string(best->name);
}

}  // namespace

std::string to_string(const std::string& value) { return value; }
std::string to_string(milliseconds value) {
    if (value.count() == 0) return "0s";
    return with_unit(times, static_cast<std::uint64_t>(value.count()));
}
std::string to_string(const Size& value) { return with_unit(sizes, value.bytes); }

}  // namespace nettool::cli
