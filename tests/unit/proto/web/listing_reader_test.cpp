#include "nettool/proto/web/listing_reader.hpp"

#include "nettool/proto/web/html_links.hpp"
#include "nettool/proto/web/listing_page.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

constexpr auto written = sys_days(2026y / 11 / 27) + 6h + 14min;
constexpr std::string_view long_name =
    "a-very-long-name-that-nginx-and-apache-cut-in-the-text-of-the-link.md";

// What the server of this name made of one and the same directory.
std::string page(const std::string& name) {
    std::ifstream file(NETTOOL_SOURCE_DIR "/tests/data/listings/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<ListingEntry> read(const std::string& text, std::string_view url = "http://h/d/") {
    return *read_html_listing(text, *parse_url(url));
}

std::string names(const std::vector<ListingEntry>& entries) {
    std::string text;
    for (const auto& entry : entries) text += entry.name + (entry.is_directory ? "/|" : "|");
    return text;
}

const ListingEntry& find(const std::vector<ListingEntry>& entries, std::string_view name) {
    for (const auto& entry : entries)
        if (entry.name == name) return entry;
    throw std::out_of_range(std::string(name));
}

class ListingOf : public testing::TestWithParam<const char*> {};

TEST_P(ListingOf, NamesEveryEntryOnce) {
    const auto entries = read(page(GetParam()));
    EXPECT_EQ(entries.size(), 6u) << names(entries);
    for (const auto name : {std::string_view("a b.txt"), long_name, std::string_view("big.bin"),
                            std::string_view("huge.bin"), std::string_view("quo\"te&.txt")})
        EXPECT_FALSE(find(entries, name).is_directory) << name;
    EXPECT_TRUE(find(entries, "sub").is_directory);
    EXPECT_EQ(to_string(find(entries, "a b.txt").url), "http://h/d/a%20b.txt");
}

INSTANTIATE_TEST_SUITE_P(RealServers, ListingOf,
                         testing::Values("python.html", "nginx.html", "apache-plain.html",
                                         "apache-pre.html", "apache-table.html", "lighttpd.html",
                                         "caddy.html"));

TEST(ListingReader, ReadsSizesAndTimesOfNginx) {
    const auto entries = read(page("nginx.html"));
    EXPECT_EQ(find(entries, "huge.bin").size, 3'500'000u);
    EXPECT_EQ(find(entries, long_name).size, 1u);
    EXPECT_EQ(find(entries, "big.bin").modified, written);
    EXPECT_EQ(find(entries, "sub").modified, written);
    EXPECT_FALSE(find(entries, "sub").size);
}

TEST(ListingReader, ReadsSizesAndTimesOfApache) {
    for (const auto* form : {"apache-pre.html", "apache-table.html"}) {
        const auto entries = read(page(form));
        EXPECT_EQ(find(entries, "huge.bin").size_text, "3.3M") << form;
        EXPECT_FALSE(find(entries, "huge.bin").size) << "that is not to the byte";
        EXPECT_EQ(find(entries, long_name).size, 1u) << form;
        EXPECT_EQ(find(entries, "big.bin").modified, written) << form;
    }
}

TEST(ListingReader, ReadsSizesAndTimesOfLighttpd) {
    const auto entries = read(page("lighttpd.html"));
    EXPECT_EQ(find(entries, "huge.bin").size_text, "3.3M");
    EXPECT_EQ(find(entries, "big.bin").modified, written);
}

TEST(ListingReader, ReadsSizesAndTimesOfCaddy) {
    const auto entries = read(page("caddy.html"));
    EXPECT_EQ(find(entries, "huge.bin").size, 3'500'000u);
    EXPECT_EQ(find(entries, "big.bin").modified, written);
    EXPECT_FALSE(find(entries, "sub").size);
    EXPECT_EQ(read("<tr><td><a href=x>x</a><td>12 KiB")[0].size_text, "12 KiB");
}

TEST(ListingReader, ReadsJsonOfCaddy) {
    const auto entries = *read_json_listing(page("caddy.json"), *parse_url("http://h/d/"));
    EXPECT_EQ(entries.size(), 6u) << names(entries);
    EXPECT_EQ(find(entries, "huge.bin").size, 3'500'000u);
    EXPECT_EQ(find(entries, "quo\"te&.txt").modified, written);
    EXPECT_TRUE(find(entries, "sub").is_directory);
    EXPECT_EQ(to_string(find(entries, "sub").url), "http://h/d/sub/");
    EXPECT_FALSE(find(entries, "sub").size);
}

TEST(ListingReader, ReadsJsonOfNginx) {
    const auto entries = *read_json_listing(page("nginx.json"), *parse_url("http://h/d/"));
    EXPECT_EQ(entries.size(), 6u);
    EXPECT_EQ(find(entries, "huge.bin").size, 3'500'000u);
    EXPECT_EQ(find(entries, "quo\"te&.txt").modified, written);
    EXPECT_TRUE(find(entries, "sub").is_directory);
    EXPECT_FALSE(read_json_listing("{}", *parse_url("http://h/d/")));
    EXPECT_FALSE(read_json_listing("[1]", *parse_url("http://h/d/")));
    EXPECT_FALSE(read_json_listing("[{\"name\":", *parse_url("http://h/d/")));
    EXPECT_TRUE(
        read_json_listing(R"([{"name":"../x"},{"size":1}])", *parse_url("http://h/d/"))->empty());
}

TEST(ListingReader, ReadsOurOwnPages) {
    const std::string odd = "-q?#%25:\n\"<\xff";
    ListingPlace place;
    place.names = {"d"};
    HtmlListing listing(place);
    auto text = listing.head(2);
    text += listing.entry({odd, false, 12'345'678'901, written + 59s});
    text += listing.entry({"dir.txt", true, 0, written});
    text += listing.foot(false);
    const auto entries = read(text);
    ASSERT_EQ(entries.size(), 2u) << names(entries);
    EXPECT_EQ(entries[0].name, odd) << "byte for byte";
    EXPECT_EQ(entries[0].size, 12'345'678'901u);
    EXPECT_EQ(entries[0].modified, written + 59s);
    EXPECT_TRUE(entries[1].is_directory);
}

TEST(ListingReader, LeavesOutWhatLeadsElsewhere) {
    EXPECT_EQ(
        names(read("<a href=..>up</a><a href=/d/>here</a><a href='?C=N'>sort</a>"
                   "<a href=//other/d/x>x</a><a href=https://h/d/x>x</a><a href=b/c>deep</a>"
                   "<a href=mailto:a@b>m</a><a href='#x'>x</a><a href=javascript:alert(1)>x</a>"
                   "<a href=x%2F..%2Fy>y</a><a href=z%00>z</a><a>none</a>"
                   "<a href=good>1</a><a href=./good>2</a><a href=/d/also>3</a>")),
        "good|also|");
}

TEST(ListingReader, SurvivesPagesMadeToHurt) {
    std::string deep;
    for (int i = 0; i < 1'000'000; ++i) deep += "<div>";
    EXPECT_FALSE(html_links(deep));
    std::string table = "<table>";
    for (int i = 0; i < 100'000; ++i) table += "<tr><td><a href=f" + std::to_string(i) + ">x";
    EXPECT_EQ(read(table).size(), 100'000u) << "cells without end are not nested";
    std::string formatting = "<p>";
    for (int i = 0; i < 500; ++i) formatting += "<b id=" + std::to_string(i) + ">";
    for (int i = 0; i < 200'000; ++i) formatting += "</p><p>x";
    EXPECT_FALSE(html_links(formatting)) << "each paragraph opens five hundred elements again";
    EXPECT_TRUE(html_links("")->empty());
    EXPECT_TRUE(html_links(std::string_view("\0\xff<", 3))->empty());
}

}  // namespace
}  // namespace nettool::proto
