#include "nettool/base/clock.hpp"

#include <string_view>

#include <fmt/format.h>

namespace nettool {
namespace {

struct Parts {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<std::chrono::microseconds> time;
};

Parts parts_of(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const auto rest = std::chrono::floor<std::chrono::microseconds>(time - day);
    return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss(rest)};
}

std::string date_text(const Parts& parts) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(parts.date.year()),
                       static_cast<unsigned>(parts.date.month()),
                       static_cast<unsigned>(parts.date.day()));
}

std::string seconds_text(const Parts& parts) {
    return fmt::format("{:02}:{:02}:{:02}", parts.time.hours().count(),
                       parts.time.minutes().count(), parts.time.seconds().count());
}

std::string fine_text(const Parts& parts) {
    return fmt::format("{}.{:06}", seconds_text(parts), parts.time.subseconds().count());
}

}  // namespace

std::chrono::sys_seconds present_second() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string record_time(WallTime time) {
    const auto parts = parts_of(time);
    return date_text(parts) + " " + seconds_text(parts) + " +0000";
}

std::string exact_record_time(WallTime time) {
    const auto parts = parts_of(time);
    return date_text(parts) + " " + fine_text(parts) + " +0000";
}

std::string rfc3339(WallTime time) {
    const auto parts = parts_of(time);
    return date_text(parts) + "T" + fine_text(parts) + "Z";
}

std::string log_time(WallTime time) {
    static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto parts = parts_of(time);
    const std::size_t month = static_cast<unsigned>(parts.date.month());
    return fmt::format("{:02}/{}/{:04}:{} +0000", static_cast<unsigned>(parts.date.day()),
                       months.substr((month - 1) * 3, 3), static_cast<int>(parts.date.year()),
                       seconds_text(parts));
}

std::string time_of_day(WallTime time) { return fine_text(parts_of(time)); }

}  // namespace nettool
