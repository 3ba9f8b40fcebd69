#include "nettool/net/faults.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/net/task_group.hpp"
#include "support/stream_pair.hpp"

#include <boost/asio/error.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace nettool::net {
namespace {

using namespace std::chrono_literals;

std::vector<bool> losses(DatagramFaultOptions options, int count) {
    DatagramFaults faults(options);
    std::vector<bool> lost;
    for (int i = 0; i < count; ++i) lost.push_back(faults.next(100).lost);
    return lost;
}

TEST(DatagramFaults, AreTheSameFromTheSameSeed) {
    DatagramFaultOptions options;
    options.loss = 0.3;
    options.seed = 7;
    const auto once = losses(options, 1000);
    EXPECT_EQ(losses(options, 1000), once);
    options.duplicate = options.corrupt = options.reorder = 0.5;
    options.jitter = 10ms;
    EXPECT_EQ(losses(options, 1000), once) << "whatever else happens";
    options.seed = 8;
    EXPECT_NE(losses(options, 1000), once);
    const auto share = std::ranges::count(once, true) / 1000.0;
    EXPECT_NEAR(share, 0.3, 0.05);
}

TEST(DatagramFaults, HappenAlwaysOrNeverAtTheEnds) {
    DatagramFaultOptions all;
    EXPECT_FALSE(all.any());
    all.loss = all.duplicate = all.reorder = all.corrupt = 1;
    DatagramFaults always(all), never(DatagramFaultOptions{});
    for (int i = 0; i < 100; ++i) {
        const auto bad = always.next(3), good = never.next(3);
        EXPECT_TRUE(bad.lost && bad.held_back && bad.copy);
        ASSERT_TRUE(bad.flipped_bit);
        EXPECT_LT(*bad.flipped_bit, 24U);
        EXPECT_FALSE(good.lost || good.held_back || good.copy || good.flipped_bit);
        EXPECT_EQ(good.delay, 0us);
    }
    EXPECT_FALSE(always.next(0).flipped_bit) << "there is none";
}

TEST(DatagramFaults, DelayWithinTheJitter) {
    DatagramFaultOptions options;
    options.delay = 20ms;
    options.jitter = 30ms;
    DatagramFaults faults(options);
    auto shortest = 1h, longest = 0h;
    for (int i = 0; i < 1000; ++i) {
        const auto delay = faults.next(1).delay;
        EXPECT_TRUE(delay >= 0us && delay <= 50ms);
        if (delay < shortest) shortest = std::chrono::floor<std::chrono::hours>(delay);
        if (delay > 40ms) longest = 1h;
    }
    EXPECT_EQ(shortest, 0h);
    EXPECT_EQ(longest, 1h);
}

TEST(StreamFaults, GiveEachConnectionItsOwnFate) {
    StreamFaultOptions options;
    options.reset = 0.5;
    options.seed = 1;
    const auto fate = [&](std::uint64_t connection) {
        StreamFaults faults(options, connection);
        std::vector<bool> resets;
        for (int i = 0; i < 64; ++i) resets.push_back(faults.next().reset);
        return resets;
    };
    EXPECT_EQ(fate(1), fate(1));
    EXPECT_NE(fate(1), fate(2));
}

TEST(StreamFaults, CutIntoPortions) {
    StreamFaultOptions options;
    EXPECT_EQ(StreamFaults(options, 0).portion(5000), 5000U);
    options.bytes_per_second = 5000;
    EXPECT_EQ(StreamFaults(options, 0).portion(5000), 100U);
    EXPECT_EQ(StreamFaults(options, 0).wait_after(100), 20ms);
    options.one_byte = true;
    EXPECT_EQ(StreamFaults(options, 0).portion(5000), 1U);
    EXPECT_EQ(StreamFaults(options, 0).wait_after(1), 1ms);
}

// What a client reads, one recv at a time, of a server that writes "hello" through these faults.
std::vector<std::string> pieces(const StreamFaultOptions& faults, error_code& end) {
    std::vector<std::string> read;
    StreamOptions imperfect;
    imperfect.faults = faults;
    const auto server = [](Stream stream) -> awaitable<void> {
        const auto sent = co_await stream.write("hello");
        if (sent) co_await stream.finish();
    };
    const auto client = [&](Stream stream) -> awaitable<void> {
        std::array<char, 100> buffer;
        for (;;) {
            const auto size = co_await stream.read(asio::buffer(buffer));
            end = size.error();
            if (!size) co_return;
            read.emplace_back(buffer.data(), *size);
        }
    };
    test::converse(server, imperfect, client, {});
    return read;
}

TEST(StreamFaults, SendByteByByte) {
    StreamFaultOptions faults;
    faults.one_byte = true;
    error_code end;
    const auto read = pieces(faults, end);
    EXPECT_EQ(read.front(), "h");
    EXPECT_GT(read.size(), 2U);
    EXPECT_EQ(end, asio::error::eof);
}

TEST(StreamFaults, ResetHalfWay) {
    StreamFaultOptions faults;
    faults.reset = 1;
    error_code end;
    std::string all;
    for (const auto& piece : pieces(faults, end)) all += piece;
    EXPECT_EQ(all, "he") << "a Unix socket loses nothing of it";
}

TEST(StreamFaults, TakeTheirTime) {
    StreamFaultOptions faults;
    faults.delay = 60ms;
    faults.bytes_per_second = 100;  // 50 ms for five bytes
    error_code end;
    const auto begin = std::chrono::steady_clock::now();
    pieces(faults, end);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 110ms);
}

TEST(StreamFaults, DelayAnAnswerOnceHoweverItIsWritten) {
    StreamOptions slow;
    slow.faults.delay = 60ms;
    std::vector<std::chrono::steady_clock::duration> took;
    const auto server = [&](Stream stream) -> awaitable<void> {
        std::array<char, 1> buffer;
        for (int i = 0; i < 2; ++i) {
            (void)co_await stream.read(asio::buffer(buffer));
            const auto begin = std::chrono::steady_clock::now();
            for (int part = 0; part < 5; ++part) (void)co_await stream.write("part");
            took.push_back(std::chrono::steady_clock::now() - begin);
        }
        co_await stream.finish();
    };
    const auto client = [](Stream stream) -> awaitable<void> {
        std::array<char, 20> answer;
        for (int i = 0; i < 2; ++i) {
            (void)co_await stream.write("?");
            std::size_t come = 0;
            while (come < answer.size()) {
                const auto size =
                    co_await stream.read(asio::buffer(answer.data(), answer.size() - come));
                if (!size) co_return;
                come += *size;
            }
        }
    };
    test::converse(server, slow, client, {});
    ASSERT_EQ(took.size(), 2U);
    for (const auto time : took) {
        EXPECT_GE(time, 60ms);
        EXPECT_LT(time, 120ms);
    }
}

}  // namespace
}  // namespace nettool::net
