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
    return HtmlListing({}).entry({name, is_directory, 12345, modified});
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

TEST(HtmlListing, GivesEachEntryARow) {
    EXPECT_EQ(row("a.txt"),
              "<tr><td><a href=\"a.txt\">a.txt</a></td>"
              "<td><time>2026-11-06 08:49:37Z</time></td>"
              "<td><data value=\"12345\" title=\"12345 bytes\">12.1 KiB</data></td></tr>\n");
    EXPECT_TRUE(contains(row("d", true), "<a href=\"d/\">d/</a>"));
    EXPECT_TRUE(contains(row("d", true), "<tr class=\"d\">"));
    EXPECT_TRUE(contains(row("d", true), "<td>-</td>"));
}

TEST(HtmlListing, LinksEveryNameAndEscapesEveryText) {
    EXPECT_TRUE(contains(row("a#?%b"), "href=\"a%23%3F%25b\""));
    EXPECT_TRUE(contains(row("a:b"), "href=\"./a%3Ab\""));
    EXPECT_TRUE(contains(row("-a"), "href=\"./-a\""));
    EXPECT_TRUE(contains(row("<b>\"&'"), ">&lt;b&gt;&quot;&amp;&#39;"));
    EXPECT_TRUE(contains(row("<b>\"&'"), "href=\"%3Cb%3E%22%26%27\""));
    EXPECT_TRUE(contains(row("\xff\n"), "href=\"%FF%0A\">\xEF\xBF\xBD\xEF\xBF\xBD"));
    EXPECT_TRUE(contains(row("\xc3\xa4"), ">\xc3\xa4"));
}

TEST(HtmlListing, LetsNoNameTurnTheDirectionOfTheTextAroundIt) {
    // "photo\u202Egpj.exe" would be shown as "photoexe.jpg".
    EXPECT_TRUE(contains(row("photo\u202Egpj.exe"), "photo\uFFFDgpj.exe"));
    EXPECT_TRUE(contains(row("a\u2067b"), "a\uFFFDb"));
}

TEST(HtmlListing, LeadsUpButNotOut) {
    ListingPlace place;
    EXPECT_FALSE(contains(HtmlListing(place).head(0), "../"));
    place.names = {"a b", "c"};
    const auto head = HtmlListing(place).head(0);
    EXPECT_TRUE(contains(head,
                         "<a href=\"/a%20b/\">a b</a>/"
                         "<a href=\"/a%20b/c/\">c</a>/"));
    EXPECT_TRUE(contains(head, "<a href=\"../\">../</a>"));
}

TEST(HtmlListing, SaysWhenThereIsMore) {
    EXPECT_TRUE(contains(HtmlListing({}).foot(true), "There is more"));
    EXPECT_FALSE(contains(HtmlListing({}).foot(false), "There is more"));
}

TEST(HtmlListing, SortsWithoutAScript) {
    ListingPlace place;
    auto head = HtmlListing(place).head(0);
    EXPECT_TRUE(
        contains(head, R"(aria-sort="ascending"><button form="view" name="sort" value="-name">)"));
    EXPECT_TRUE(contains(head, R"(<th scope="col"><button form="view" name="sort" value="size">)"));
    EXPECT_FALSE(contains(HtmlListing(place).foot(false), R"(name="sort")"));
    place.view = ListingView::of_query("sort=-size&filter=a%22b+c");
    head = HtmlListing(place).head(2);
    EXPECT_TRUE(
        contains(head, R"(aria-sort="descending"><button form="view" name="sort" value="size">)"));
    EXPECT_TRUE(contains(head, R"(name="filter" aria-label="Filter")"));
    EXPECT_TRUE(contains(head, R"(value="a&quot;b c")"));
    EXPECT_TRUE(contains(head, "2 entries"));
    EXPECT_TRUE(contains(HtmlListing(place).foot(false),
                         R"(<input type="hidden" form="view" name="sort" value="-size">)"));
}

TEST(HtmlListing, OffersOnlyWhatIsOffered) {
    ListingPlace place;
    EXPECT_FALSE(contains(HtmlListing(place).head(0), "<input type=\"file\""));
    EXPECT_FALSE(contains(HtmlListing(place).head(0), "archive"));
    place.archives = true;
    place.max_upload = 1000;
    EXPECT_TRUE(contains(HtmlListing(place).head(0), R"(<button name="archive" value="tar">)"));
    EXPECT_TRUE(contains(HtmlListing(place).head(0), R"(data-max="1000")"));
    place.max_upload.reset();
    place.upload_elsewhere = true;
    EXPECT_TRUE(contains(HtmlListing(place).head(0), R"(<button name="upload">)"));
    EXPECT_FALSE(contains(HtmlListing(place).head(0), "<input type=\"file\""));
}

TEST(ListingView, OrdersDirectoriesFirst) {
    const ListedFile directory{"z", true, 4096, modified}, small{"b", false, 1, modified + 1s},
        large{"a", false, 2, modified};
    for (const auto* query : {"", "sort=-name", "sort=size", "sort=-time"})
        EXPECT_TRUE(ListingView::of_query(query).comes_before(directory, large)) << query;
    EXPECT_TRUE(ListingView::of_query("").comes_before(large, small));
    EXPECT_TRUE(ListingView::of_query("sort=-name").comes_before(small, large));
    EXPECT_TRUE(ListingView::of_query("sort=size").comes_before(small, large));
    EXPECT_TRUE(ListingView::of_query("sort=-time").comes_before(small, large));
    EXPECT_FALSE(ListingView::of_query("sort=time").comes_before(small, small));
    EXPECT_TRUE(ListingView::of_query("sort=nonsense").comes_before(large, small));
}

TEST(ListingView, FiltersByPartsOfNames) {
    const ListedFile file{"Read Me.TXT", false, 1, modified};
    EXPECT_TRUE(ListingView::of_query("filter=me.txt").shows(file));
    EXPECT_TRUE(ListingView::of_query("filter=read+me").shows(file));
    EXPECT_TRUE(ListingView::of_query("filter=").shows(file));
    EXPECT_FALSE(ListingView::of_query("filter=readme").shows(file));
}

TEST(SizeInWords, RoundsButNeverTo1024) {
    EXPECT_EQ(size_in_words(0), "0 bytes");
    EXPECT_EQ(size_in_words(1), "1 byte");
    EXPECT_EQ(size_in_words(1023), "1023 bytes");
    EXPECT_EQ(size_in_words(1024), "1.0 KiB");
    EXPECT_EQ(size_in_words(1024UL * 1024 - 1), "1.0 MiB");
    EXPECT_EQ(size_in_words(UINT64_MAX), "16.0 EiB");
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
