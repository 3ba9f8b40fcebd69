#include "nettool/proto/web/cookie_date.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace nettool::proto {
namespace {

std::optional<int> number_of(std::string_view text) {
    int value = 0;
    const auto [stop, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || stop == text.data()) return std::nullopt;
    return value;
}

struct DateParts {
    std::optional<std::chrono::seconds> time;
    std::optional<int> day, year;
    std::optional<unsigned> month;
};

bool take_time(std::string_view word, DateParts& parts) {
    std::array<int, 3> fields{};
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto digits = std::min(word.find_first_not_of("0123456789"), word.size());
        const auto value = digits >= 1 && digits <= 2 ? number_of(word) : std::nullopt;
        if (!value) return false;
        fields[i] = *value;
        word.remove_prefix(digits);
        if (i == 2) break;
        if (!word.starts_with(':')) return false;
        word.remove_prefix(1);
    }
    constexpr int hours = 23, sixtieths = 59;
    if (fields[0] > hours || fields[1] > sixtieths || fields[2] > sixtieths) return false;
    parts.time = std::chrono::hours(fields[0]) + std::chrono::minutes(fields[1]) +
                 std::chrono::seconds(fields[2]);
    return true;
}

bool take_month(std::string_view word, DateParts& parts) {
    constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    const auto begin = ascii_lowered(word.substr(0, 3));
    const auto* const found = std::ranges::find(months, begin);
    if (found == months.end()) return false;
    parts.month = static_cast<unsigned>(found - months.begin()) + 1;
    return true;
}

void take_date_word(std::string_view word, DateParts& parts) {
    const auto digits = std::min(word.find_first_not_of("0123456789"), word.size());
    if (!parts.time && take_time(word, parts)) return;
    if (!parts.day && digits >= 1 && digits <= 2) {
        parts.day = number_of(word);
        return;
    }
    if (!parts.month && take_month(word, parts)) return;
    if (!parts.year && digits >= 2 && digits <= 4) parts.year = number_of(word);
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text) {
    const auto is_delimiter = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return c == '\t' || (byte >= 0x20 && byte <= 0x2f) || (byte >= 0x3b && byte <= 0x40) ||
               (byte >= 0x5b && byte <= 0x60) || (byte >= 0x7b && byte <= 0x7e);
    };
    DateParts parts;
    while (!text.empty()) {
        std::size_t size = 0;
        while (size < text.size() && !is_delimiter(text[size])) ++size;
        if (size > 0) take_date_word(text.substr(0, size), parts);
        text.remove_prefix(std::min(size + 1, text.size()));
    }
    if (!parts.time || !parts.day || !parts.month || !parts.year) return std::nullopt;
    auto year = *parts.year;
    if (year >= 70 && year <= 99) year += 1900;
    if (year >= 0 && year <= 69) year += 2000;
    constexpr int first_year = 1601;
    const std::chrono::year_month_day date(std::chrono::year(year),
                                           std::chrono::month(*parts.month),
                                           std::chrono::day(static_cast<unsigned>(*parts.day)));
    if (year < first_year || !date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + *parts.time;
}

}  // namespace nettool::proto
