#include "nettool/proto/web/srcset.hpp"

#include "nettool/proto/web/url.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace nettool::proto {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) { return std::string(value.as_string()); }

// A browser shows the first of those with the lowest density; it takes a width for a density by
// dividing it through the size of the image, which orders alike.
std::string shown_of(const std::vector<SrcsetCandidate>& candidates) {
    if (candidates.empty()) return {};
    return std::string(std::ranges::min_element(candidates, {}, [](const auto& candidate) {
                           return candidate.density.value_or(candidate.width.value_or(0) / 100.0);
                       })->url);
}

TEST(Srcset, ReadsEveryRowOfTheWebPlatformTests) {
    std::ifstream file(NETTOOL_SOURCE_DIR "/tests/data/wpt/wpt-srcset.json");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const auto cases = json::parse(text).at("cases").as_array();
    const auto page = *parse_url("http://h/");
    for (const auto& row : cases) {
        const auto srcset = text_of(row.at("srcset")), expected = text_of(row.at("expect"));
        const auto candidates = parse_srcset(srcset);
        if (expected.empty()) {
            EXPECT_TRUE(candidates.empty()) << srcset;
            continue;
        }
        ASSERT_FALSE(candidates.empty()) << srcset;
        const auto shown = shown_of(candidates);
        if (row.at("resolve").as_bool())
            EXPECT_EQ(to_string(*parse_url(shown, &page)), to_string(*parse_url(expected, &page)))
                << srcset;
        else
            EXPECT_EQ(shown, expected) << srcset;
    }
    EXPECT_GT(cases.size(), 150U);
}

TEST(Srcset, KnowsTheBestOfItsCandidates) {
    EXPECT_EQ(best_candidate(parse_srcset("a 1x, b 3x, c 2x")).url, "b");
    EXPECT_EQ(best_candidate(parse_srcset("a 480w, b 1200w, c 800w")).url, "b");
    EXPECT_EQ(best_candidate(parse_srcset("a, b")).url, "a");
}

TEST(Srcset, KeepsCommasInsideOfUrls) {
    const auto candidates = parse_srcset("/w=1,h=2/a.jpg 1x, data:image/gif;base64,R0lGOD 2x");
    ASSERT_EQ(candidates.size(), 2U);
    EXPECT_EQ(candidates[0].url, "/w=1,h=2/a.jpg");
    EXPECT_EQ(candidates[1].url, "data:image/gif;base64,R0lGOD");
}

}  // namespace
}  // namespace nettool::proto
