#include "nettool/proto/classroom/ping_statistics.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;
using Arrival = PingStatistics::Arrival;

PingStatistics of(int probes) {
    PingStatistics statistics;
    for (int i = 0; i < probes; ++i) statistics.transmitted();
    return statistics;
}

TEST(PingStatistics, CountsEachReplyOnceAndAsWhatItIs) {
    auto statistics = of(5);
    EXPECT_EQ(statistics.arrived(1, 1ms), Arrival::reply);
    EXPECT_EQ(statistics.arrived(1, 2ms), Arrival::duplicate);
    EXPECT_EQ(statistics.arrived(3, 1ms), Arrival::reply);
    EXPECT_EQ(statistics.arrived(2, 1ms), Arrival::reply);
    statistics.give_up(4);
    EXPECT_FALSE(statistics.waits_for(4));
    EXPECT_EQ(statistics.arrived(4, 1200ms), Arrival::late);
    EXPECT_EQ(statistics.arrived(9, 1ms), Arrival::late) << "never sent";
    EXPECT_TRUE(statistics.waits_for(5));
    statistics.give_up(1);
    EXPECT_EQ(statistics.received(), 3U);
    EXPECT_EQ(statistics.duplicates(), 1U);
    EXPECT_EQ(statistics.reordered(), 1U);
    EXPECT_EQ(statistics.late(), 2U);
    EXPECT_DOUBLE_EQ(statistics.loss_percent(), 40);
}

TEST(PingStatistics, ComputesWhatPingDoes) {
    auto statistics = of(4);
    for (std::uint64_t i = 1; i <= 4; ++i) statistics.arrived(i, i * 10ms);
    const auto rtt = statistics.round_trips();
    ASSERT_TRUE(rtt);
    EXPECT_DOUBLE_EQ(rtt->min, 10);
    EXPECT_DOUBLE_EQ(rtt->avg, 25);
    EXPECT_DOUBLE_EQ(rtt->max, 40);
    EXPECT_NEAR(rtt->mdev, 11.18, 0.001);
    EXPECT_DOUBLE_EQ(rtt->p50, 20);
    EXPECT_DOUBLE_EQ(rtt->p90, 40);
    // RFC 3550: J += (|D| - J) / 16, three times with |D| = 10 ms.
    EXPECT_NEAR(rtt->jitter, 1.760, 0.001);
}

TEST(PingStatistics, HasNoTimesWithoutReplies) {
    EXPECT_FALSE(of(3).round_trips());
    EXPECT_DOUBLE_EQ(of(3).loss_percent(), 100);
    EXPECT_DOUBLE_EQ(of(0).loss_percent(), 0);
}

TEST(PingStatistics, KeepsABoundedNumberOfSamplesThatStandForAll) {
    PingStatistics statistics;
    constexpr std::uint64_t many = 300'000;
    for (std::uint64_t i = 1; i <= many; ++i) {
        statistics.transmitted();
        statistics.arrived(i, std::chrono::nanoseconds(i * 1000));
    }
    const auto rtt = statistics.round_trips();
    EXPECT_NEAR(rtt->p50, 150, 3);
    EXPECT_NEAR(rtt->p99, 297, 3);
    EXPECT_EQ(statistics.arrived(1, 1ms), Arrival::late) << "forgotten";
}

}  // namespace
}  // namespace nettool::proto
