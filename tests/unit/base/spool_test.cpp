#include "nettool/base/spool.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace nettool {
namespace {

std::string all_of(Spool& spool, Spool::Text text) {
    std::string all;
    spool.drain(text, [&all](std::string_view part) { all += part; });
    return all;
}

TEST(Spool, GivesBackWhatItWasGiven) {
    Spool spool;
    const auto text = spool.begin();
    std::string all;
    for (int i = 0; i < 1'000'000; ++i) {
        const auto line = std::to_string(i) + "\n";
        spool.write(text, line);
        all += line;
    }
    ASSERT_GT(all.size(), 4UL << 20) << "more than stays in memory";
    EXPECT_TRUE(all_of(spool, text) == all);
    EXPECT_EQ(all_of(spool, text), "");
    spool.write(text, "again");
    EXPECT_EQ(all_of(spool, text), "again");
}

TEST(Spool, KeepsManyTextsApart) {
    Spool spool(100);
    std::vector<std::string> wanted(37);
    std::vector<Spool::Text> texts;
    for (std::size_t i = 0; i < wanted.size(); ++i) texts.push_back(spool.begin());
    for (std::size_t i = 0; i < 5000; ++i) {
        const auto which = i * i % wanted.size();
        const auto part = std::to_string(i) + " ";
        spool.write(texts[which], part);
        wanted[which] += part;
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(all_of(spool, texts[i]), wanted[i]);
}

}  // namespace
}  // namespace nettool
