#include "nettool/proto/web/report.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace nettool::proto {
namespace {

std::vector<Fragment> fragments_of(std::size_t size, std::size_t step) {
    std::vector<Fragment> fragments;
    Fragmenter fragmenter([&](const Fragment& fragment) { fragments.push_back(fragment); });
    const std::string body(size, 'x');
    for (std::size_t at = 0; at < size; at += step)
        fragmenter.feed(std::string_view(body).substr(at, step));
    fragmenter.finish();
    EXPECT_EQ(fragmenter.size(), size);
    return fragments;
}

TEST(Report, CutsABodyIntoThousands) {
    constexpr auto full = "398533d48111e9f664b1f64cb10c4b63";  // head -c 1000 | tr '\0' x | md5sum
    for (const std::size_t step : {1UL, 7UL, 1000UL, 5000UL}) {
        EXPECT_TRUE(fragments_of(0, step).empty());
        EXPECT_EQ(fragments_of(1, step).size(), 1u);
        EXPECT_EQ(fragments_of(1000, step).size(), 1u);
        const auto three = fragments_of(2001, step);
        ASSERT_EQ(three.size(), 3u);
        EXPECT_EQ(three[1], (Fragment{2, 1000, 1999, full}));
        EXPECT_EQ(three[2], (Fragment{3, 2000, 2000, "9dd4e461268c8034f5c8564e155c67a6"}));
    }
}

TEST(Report, ReadsTheLinesItWrites) {
    const Fragment fragment{12, 11'000, 11'999, "9dd4e461268c8034f5c8564e155c67a6"};
    auto line = fragment_line(fragment);
    EXPECT_EQ(line, "fragment 12: 11000-11999 md5 9dd4e461268c8034f5c8564e155c67a6\n");
    line.pop_back();
    EXPECT_EQ(parse_fragment_line(line), fragment);
    for (const auto* other :
         {"", "status: 200 OK", "fragment 1: 0-999 md5", "fragment x: 0-1 md5 0",
          "fragment 1: 0-999 md5 9dd4e461268c8034f5c8564e155c67a", "fragment 1: -1-999 md5 x"})
        EXPECT_FALSE(parse_fragment_line(other)) << other;
    EXPECT_FALSE(parse_fragment_line(line + " ")) << "nothing stands behind it";
}

}  // namespace
}  // namespace nettool::proto
