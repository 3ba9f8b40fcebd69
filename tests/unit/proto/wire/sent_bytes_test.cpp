#include "nettool/proto/wire/sent_bytes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace nettool::proto {
namespace {

TEST(Ranges, JoinAndFindWhatIsMissing) {
    Ranges ranges;
    ranges.add(10, 20);
    ranges.add(30, 40);
    EXPECT_FALSE(ranges.contains(10, 40));
    EXPECT_TRUE(ranges.contains(12, 20));
    EXPECT_TRUE(ranges.touches(0, 11));
    EXPECT_FALSE(ranges.touches(20, 30));
    EXPECT_EQ(ranges.missing(0, 50), 30U);
    EXPECT_EQ(ranges.run_end(10), 20U);
    EXPECT_EQ(ranges.run_end(20), 20U);
    EXPECT_EQ(ranges.first_from(20, 99), 30U);
    EXPECT_EQ(ranges.first_from(40, 99), 99U);
    ranges.add(15, 30);
    EXPECT_TRUE(ranges.contains(10, 40));
    ranges.forget_before(35);
    EXPECT_EQ(ranges.missing(0, 40), 35U);
}

TEST(Ranges, AreBounded) {
    Ranges ranges;
    for (std::uint64_t i = 0; i < 3 * Ranges::max_ranges; ++i) ranges.add(2 * i, 2 * i + 1);
    EXPECT_TRUE(ranges.contains(0, 2)) << "the lowest holes are forgotten";
    EXPECT_FALSE(ranges.contains(6 * Ranges::max_ranges - 4, 6 * Ranges::max_ranges - 2));
}

std::string all_of(SentBytes& sent) {
    std::string text;
    while (const auto piece = sent.take()) {
        if (piece->behind_gap) text += '#';
        text += piece->bytes;
    }
    return text;
}

TEST(SentBytes, GivesThemInOrderWhateverTheOrderTheyCameIn) {
    std::mt19937 dice(1);
    for (int run = 0; run < 100; ++run) {
        std::string text(5000, ' ');
        for (auto& c : text) c = static_cast<char>('a' + dice() % 26);
        std::vector<std::pair<std::size_t, std::size_t>> parts;
        for (std::size_t at = 0; at < text.size();) {
            const auto size = std::min<std::size_t>(1 + dice() % 100, text.size() - at);
            parts.emplace_back(at, size);
            if (dice() % 4 == 0) parts.emplace_back(at, size);
            at += size;
        }
        for (std::size_t i = 0; i + 8 < parts.size(); i += 8)
            std::shuffle(parts.begin() + static_cast<long>(i),
                         parts.begin() + static_cast<long>(i) + 8, dice);
        SentBytes sent;
        const std::uint32_t first = 0xfffff000;  // the numbers wrap
        sent.begin(first);
        std::string taken;
        for (const auto& [at, size] : parts) {
            sent.add(first + static_cast<std::uint32_t>(at), text.substr(at, size), size);
            taken += all_of(sent);
        }
        EXPECT_EQ(taken, text);
    }
}

TEST(SentBytes, IsBoundedAndSaysWhereBytesAreMissing) {
    SentBytes sent;
    sent.begin(1);
    const std::string part(1000, 'x');
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        sent.add(1 + 1000 * i, part, part.size());
        EXPECT_EQ(all_of(sent), part);
        ASSERT_LE(sent.memory(), 4 * SentBytes::remembered);
    }
    sent.add(1 + 1000 * 10'001, part, part.size());
    EXPECT_EQ(all_of(sent), "") << "waits for what is missing";
    sent.acknowledge(1 + 1000 * 10'002);
    EXPECT_EQ(all_of(sent), "#" + part);
    std::uint32_t at = 1 + 1000 * 10'003;
    for (int i = 0; i < 3000; ++i, at += 1000) sent.add(at, part, part.size());
    EXPECT_TRUE(all_of(sent).starts_with('#')) << "does not wait for ever";
    ASSERT_LE(sent.memory(), 4 * SentBytes::max_waiting);
    sent.forget();
    EXPECT_LE(sent.memory(), 100U);
    sent.add(at, part, part.size());
    EXPECT_EQ(all_of(sent), part);
}

TEST(SentBytes, KnowsWhatTheCaptureCutOff) {
    SentBytes sent;
    sent.begin(1);
    sent.add(1, "hello", 10);
    sent.add(11, "world", 5);
    EXPECT_EQ(all_of(sent), "hello#world");
    sent.add_fin(16);
    EXPECT_EQ(all_of(sent), "");
}

}  // namespace
}  // namespace nettool::proto
