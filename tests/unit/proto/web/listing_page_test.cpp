#include "nettool/proto/web/listing_page.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace nettool::proto {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr sys_seconds modified = sys_days(2026y / November / 6) + 8h + 49min + 37s;

std::string row(std::string_view name, bool is_directory = false) {
    return HtmlListing().entry({name, is_directory, 12345, modified});
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

TEST(HtmlListing, GivesEachEntryARow) {
    EXPECT_EQ(row("a.txt"),
              "<tr><td><a href=\"a.txt\">a.txt</a></td><td><time datetime=\"2026-11-06T08:49:37Z\">"
              "2026-11-06 08:49:37</time></td><td>12345</td></tr>\n");
    EXPECT_TRUE(contains(row("d", true), "<a href=\"d/\">d/</a>"));
    EXPECT_TRUE(contains(row("d", true), "<td>-</td>"));
}

TEST(HtmlListing, LinksEveryNameAndEscapesEveryText) {
    EXPECT_TRUE(contains(row("a#?%b"), "href=\"a%23%3F%25b\""));
    EXPECT_TRUE(contains(row("a:b"), "href=\"./a%3Ab\""));
    EXPECT_TRUE(contains(row("-a"), "href=\"./-a\""));
    EXPECT_TRUE(contains(row("<b>\"&'"), ">&lt;b&gt;&quot;&amp;&#39;</a>"));
    EXPECT_TRUE(contains(row("<b>\"&'"), "href=\"%3Cb%3E%22%26%27\""));
    EXPECT_TRUE(contains(row("\xff\n"), "href=\"%FF%0A\">\xEF\xBF\xBD\xEF\xBF\xBD</a>"));
    EXPECT_TRUE(contains(row("\xc3\xa4"), ">\xc3\xa4</a>"));
}

TEST(HtmlListing, LeadsUpButNotOut) {
    const std::vector<std::string> names = {"a b", "c"};
    const auto head = HtmlListing().head(names);
    EXPECT_TRUE(contains(head, "<a href=\"/a%20b/\">a b</a>/<a href=\"/a%20b/c/\">c</a>/"));
    EXPECT_TRUE(contains(head, "<a href=\"../\">../</a>"));
    EXPECT_FALSE(contains(HtmlListing().head({}), "../"));
    EXPECT_FALSE(contains(head, "<script"));
}

TEST(HtmlListing, SaysWhenThereIsMore) {
    EXPECT_TRUE(contains(HtmlListing().foot(true), "There is more"));
    EXPECT_FALSE(contains(HtmlListing().foot(false), "There is more"));
}

TEST(JsonListing, HasTheKeysOfNginx) {
    JsonListing listing;
    auto text = listing.head({});
    text += listing.entry({"d", true, 4096, modified});
    text += listing.entry({"a\"\xff.txt", false, 5, modified});
    text += listing.foot(false);
    const auto expected = boost::json::parse(
        R"([{"name":"d","type":"directory","mtime":"Fri, 06 Nov 2026 08:49:37 GMT"},
            {"name":"a\"\ufffd.txt","type":"file","mtime":"Fri, 06 Nov 2026 08:49:37 GMT","size":5}])");
    EXPECT_EQ(boost::json::parse(text), expected) << text;
}

TEST(JsonListing, IsAnArrayAlsoWhenItIsEmpty) {
    const JsonListing listing;
    EXPECT_EQ(boost::json::parse(listing.head({}) + listing.foot(false)), boost::json::array());
}

}  // namespace
}  // namespace nettool::proto
