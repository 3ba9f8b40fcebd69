#include "nettool/proto/web/http_date.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr sys_seconds sample = sys_days(1994y / November / 6) + 8h + 49min + 37s;
constexpr sys_seconds now = sys_days(2026y / November / 27);

TEST(HttpDate, IsWrittenAsImfFixdate) {
    EXPECT_EQ(http_date(sample), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(sys_days(2000y / February / 29) + 23h + 59min + 59s),
              "Tue, 29 Feb 2000 23:59:59 GMT");
    EXPECT_EQ(http_date(sys_seconds()), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(HttpDate, IsReadInAllThreeForms) {
    for (const auto* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                             "Sun Nov  6 08:49:37 1994"})
        EXPECT_EQ(parse_http_date(text, now), sample) << text;
}

TEST(HttpDate, TakesTwoDigitsForTheNearestYear) {
    const auto year_of = [](std::string_view digits) {
        const auto text = "Sunday, 06-Nov-" + std::string(digits) + " 08:49:37 GMT";
        const auto time = parse_http_date(text, now);
        return time ? static_cast<int>(year_month_day(floor<days>(*time)).year()) : 0;
    };
    EXPECT_EQ(year_of("26"), 2026);
    EXPECT_EQ(year_of("75"), 2075);
    EXPECT_EQ(year_of("76"), 1976);
    EXPECT_EQ(year_of("99"), 1999);
    EXPECT_EQ(year_of("00"), 2000);
}

TEST(HttpDate, RefusesEveryOtherForm) {
    for (const auto* text : {"", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 6 Nov 1994 08:49:37 GMT",
                             "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
                             "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
                             "Sun, 06 Nov 1994 08:49:37 GMT ", "Xyz, 06 Nov 1994 08:49:37 GMT",
                             "Sun, +6 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
                             "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06 Nov 19"})
        EXPECT_FALSE(parse_http_date(text, now)) << text;
}

TEST(HttpDate, ReadsWhatItWrites) {
    for (auto time = sys_seconds(); time < now; time += 1000h + 61s)
        ASSERT_EQ(parse_http_date(http_date(time), now), time) << http_date(time);
}

}  // namespace
}  // namespace nettool::proto
