#include "nettool/proto/web/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace nettool::proto {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> weekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                      "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::size_t short_name = 3;

void put_two(char* at, unsigned value) {
    at[0] = static_cast<char>('0' + value / 10);
    at[1] = static_cast<char>('0' + value % 10);
}

// Takes the parts of a date off the front of a text; after the first that is not there, `failed`.
class Taker {
public:
    explicit Taker(std::string_view text) : rest_(text) {}

    void literal(std::string_view text) {
        if (!rest_.starts_with(text)) return fail();
        rest_.remove_prefix(text.size());
    }

    // Exactly `width` digits, or, where `padded`, blanks before them.
    unsigned number(std::size_t width, bool padded = false) {
        auto digits = rest_.substr(0, width);
        if (padded && digits.starts_with(' ')) digits.remove_prefix(1);
        unsigned value = 0;
        const auto* end = digits.data() + digits.size();
        const auto [stop, status] = std::from_chars(digits.data(), end, value);
        if (rest_.size() < width || status != std::errc{} || stop != end) return fail(), 0;
        rest_.remove_prefix(width);
        return value;
    }

    unsigned month_number() {
        const auto found = std::ranges::find(months, rest_.substr(0, short_name));
        if (found == months.end()) return fail(), 0;
        rest_.remove_prefix(short_name);
        return static_cast<unsigned>(found - months.begin()) + 1;
    }

    void weekday(bool whole) {
        for (const auto name : weekdays) {
            const auto word = whole ? name : name.substr(0, short_name);
            if (rest_.starts_with(word)) return rest_.remove_prefix(word.size());
        }
        fail();
    }

    seconds time_of_day() {
        const auto hour = number(2);
        literal(":");
        const auto minute = number(2);
        literal(":");
        const auto second = number(2);
        constexpr unsigned leap_second = 60;
        if (hour > 23 || minute > 59 || second > leap_second) fail();
        return hours(hour) + minutes(minute) + seconds(second);
    }

    bool whole() const { return !failed_ && rest_.empty(); }

private:
    void fail() {
        failed_ = true;
        rest_ = {};
    }

    std::string_view rest_;
    bool failed_ = false;
};

std::optional<sys_seconds> made_of(const Taker& taker, unsigned year_number, unsigned month_number,
                                   unsigned day_number, seconds time) {
    const auto date = year(static_cast<int>(year_number)) / month(month_number) / day(day_number);
    if (!taker.whole() || !date.ok()) return std::nullopt;
    return sys_days(date) + time;
}

std::optional<sys_seconds> parse_fixdate(std::string_view text) {
    Taker taker(text);
    taker.weekday(false);
    taker.literal(", ");
    const auto day_number = taker.number(2);
    taker.literal(" ");
    const auto month_number = taker.month_number();
    taker.literal(" ");
    const auto year_number = taker.number(4);
    taker.literal(" ");
    const auto time = taker.time_of_day();
    taker.literal(" GMT");
    return made_of(taker, year_number, month_number, day_number, time);
}

// `Sunday, 06-Nov-94 08:49:37 GMT`
std::optional<sys_seconds> parse_rfc850(std::string_view text, sys_seconds now) {
    Taker taker(text);
    taker.weekday(true);
    taker.literal(", ");
    const auto day_number = taker.number(2);
    taker.literal("-");
    const auto month_number = taker.month_number();
    taker.literal("-");
    auto year_number = taker.number(2);
    taker.literal(" ");
    const auto time = taker.time_of_day();
    taker.literal(" GMT");
    const auto this_year =
        static_cast<unsigned>(static_cast<int>(year_month_day(floor<days>(now)).year()));
    constexpr unsigned century = 100, future = 50;
    year_number += this_year / century * century;
    if (year_number >= this_year + future) year_number -= century;
    if (year_number + future < this_year) year_number += century;
    return made_of(taker, year_number, month_number, day_number, time);
}

// `Sun Nov  6 08:49:37 1994`
std::optional<sys_seconds> parse_asctime(std::string_view text) {
    Taker taker(text);
    taker.weekday(false);
    taker.literal(" ");
    const auto month_number = taker.month_number();
    taker.literal(" ");
    const auto day_number = taker.number(2, true);
    taker.literal(" ");
    const auto time = taker.time_of_day();
    taker.literal(" ");
    const auto year_number = taker.number(4);
    return made_of(taker, year_number, month_number, day_number, time);
}

}  // namespace

std::string http_date(sys_seconds time) {
    const auto date = floor<days>(time);
    const year_month_day parts(date);
    const hh_mm_ss clock(time - date);
    std::string text = "Sun, 06 Nov 1994 08:49:37 GMT";
    weekdays[weekday(date).c_encoding()].copy(text.data(), short_name);
    months[static_cast<unsigned>(parts.month()) - 1].copy(text.data() + 8, short_name);
    const auto year_number = static_cast<unsigned>(static_cast<int>(parts.year())) % 10'000;
    put_two(text.data() + 5, static_cast<unsigned>(parts.day()));
    put_two(text.data() + 12, year_number / 100);
    put_two(text.data() + 14, year_number % 100);
    put_two(text.data() + 17, static_cast<unsigned>(clock.hours().count()));
    put_two(text.data() + 20, static_cast<unsigned>(clock.minutes().count()));
    put_two(text.data() + 23, static_cast<unsigned>(clock.seconds().count()));
    return text;
}

std::optional<sys_seconds> parse_http_date(std::string_view text, sys_seconds now) {
    if (const auto time = parse_fixdate(text)) return time;
    if (const auto time = parse_rfc850(text, now)) return time;
    return parse_asctime(text);
}

}  // namespace nettool::proto
