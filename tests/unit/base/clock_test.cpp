#include "nettool/base/clock.hpp"

#include <gtest/gtest.h>

namespace nettool {
namespace {

using namespace std::chrono;

// 2026-10-05 14:03:22.123456 UTC
constexpr WallTime afternoon{sys_days{2026y / October / 5} + 14h + 3min + 22s + 123456us};

TEST(Clock, WritesRecordsWithTheirOffset) {
    EXPECT_EQ(record_time(afternoon), "2026-10-05 14:03:22 +0000");
    EXPECT_EQ(record_time(WallTime{}), "1970-01-01 00:00:00 +0000");
}

TEST(Clock, WritesRfc3339ToTheMicrosecond) {
    EXPECT_EQ(rfc3339(afternoon), "2026-10-05T14:03:22.123456Z");
    EXPECT_EQ(rfc3339(WallTime{} + 7us), "1970-01-01T00:00:00.000007Z");
}

TEST(Clock, WritesTheTimeOfDayForTraces) {
    EXPECT_EQ(time_of_day(afternoon), "14:03:22.123456");
    EXPECT_EQ(time_of_day(WallTime{}), "00:00:00.000000");
}

TEST(Clock, RoundsDownAlsoBefore1970) {
    EXPECT_EQ(rfc3339(WallTime{} - 1us), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(record_time(WallTime{} - 1us), "1969-12-31 23:59:59 +0000");
}

TEST(Clock, KnowsLeapDays) {
    EXPECT_EQ(record_time(sys_days{2028y / February / 29}), "2028-02-29 00:00:00 +0000");
}

}  // namespace
}  // namespace nettool
