#include "nettool/proto/web/url.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace nettool::proto {
namespace {

namespace json = boost::json;

// Surrogates that stand alone, which Boost.JSON refuses, mean U+FFFD here as they do to a browser.
json::array table() {
    std::ifstream file(NETTOOL_SOURCE_DIR "/tests/data/wpt/urltestdata.json");
    std::string text(std::istreambuf_iterator<char>(file), {});
    for (const std::string_view lone : {"\\uD800", "\\uDFFE", "\\uDC00"})
        for (auto at = text.find(lone); at != text.npos; at = text.find(lone, at + 1)) {
            const bool pair = text.substr(at + 6, 2) == "\\u" && lone == "\\uD800" &&
                              text.substr(at + 8, 2) >= "DC";
            if (!pair) text.replace(at, lone.size(), "\\uFFFD");
        }
    return json::parse(text).as_array();
}

std::optional<std::string> text_of(const json::object& row, std::string_view key) {
    const auto* value = row.if_contains(key);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->as_string());
}

bool is_ours(const json::object& row) {
    const auto protocol = text_of(row, "protocol");
    return protocol == "http:" || protocol == "https:" || row.contains("failure");
}

// Rows of other schemes fail here whatever the standard says of them.
TEST(Url, ReadsEveryHttpRowOfTheWebPlatformTests) {
    int good = 0, bad = 0;
    for (const auto& value : table()) {
        if (!value.is_object() || !is_ours(value.as_object())) continue;
        const auto& row = value.as_object();
        const auto input = *text_of(row, "input");
        const auto base_text = text_of(row, "base");
        const auto base = base_text ? parse_url(*base_text) : std::nullopt;
        const auto url = parse_url(input, base ? &*base : nullptr);
        if (row.contains("failure")) {
            EXPECT_FALSE(url) << input << " is read as " << to_string(*url);
            ++bad;
            continue;
        }
        ++good;
        EXPECT_TRUE(url) << input;
        if (!url) continue;
        EXPECT_EQ(to_string(*url), *text_of(row, "href")) << input;
        EXPECT_EQ(url->authority(), *text_of(row, "host")) << input;
        EXPECT_EQ(url->username, *text_of(row, "username")) << input;
        EXPECT_EQ(url->password, *text_of(row, "password")) << input;
        EXPECT_EQ(url->path, *text_of(row, "pathname")) << input;
    }
    EXPECT_EQ(good, 247);
    EXPECT_EQ(bad, 267);
}

TEST(Url, IsRelativeToAnother) {
    const auto base = *parse_url("http://a/b/c?q#f");
    EXPECT_EQ(to_string(*parse_url("../d", &base)), "http://a/d");
    EXPECT_EQ(to_string(*parse_url("//x", &base)), "http://x/");
    EXPECT_EQ(to_string(*parse_url("?r", &base)), "http://a/b/c?r");
    EXPECT_EQ(to_string(*parse_url("", &base)), "http://a/b/c?q");
    EXPECT_FALSE(parse_url("mailto:a@b", &base));
}

TEST(Url, KeepsWhatDataHolds) {
    const auto url = *parse_url("data:text/plain,a b%20c?d#e");
    EXPECT_EQ(url.scheme, "data");
    EXPECT_EQ(url.path, "text/plain,a b%20c");
    EXPECT_EQ(to_string(url), "data:text/plain,a b%20c?d#e");
    EXPECT_FALSE(parse_url("x", &url));
    EXPECT_EQ(parse_url("#y", &url)->fragment, "y");
}

TEST(Url, ResolvesNamesOfSymbols) {
    EXPECT_EQ(parse_url("http://☃.net/")->host, "xn--n3h.net");
    EXPECT_EQ(parse_url("http://I❤.ws/")->host, "xn--i-7iq.ws");
    EXPECT_EQ(parse_url("http://bücher.example/")->host, "xn--bcher-kva.example");
}

TEST(Url, SaysWhatGoesIntoARequest) {
    const auto url = *parse_url("https://u:p@H:8443/a b?c#d");
    EXPECT_EQ(url.authority(), "h:8443");
    EXPECT_EQ(url.target(), "/a%20b?c");
    EXPECT_EQ(url.effective_port(), 8443);
    EXPECT_EQ(public_text(url), "https://h:8443/a%20b?c");
    EXPECT_EQ(parse_url("https://h:443")->effective_port(), 443);
    EXPECT_EQ(parse_url("https://h:443")->authority(), "h");
    EXPECT_EQ(parse_url("http://[::1]:80")->authority(), "[::1]");
}

TEST(Url, ComparesOrigins) {
    EXPECT_TRUE(same_origin(*parse_url("http://A/x"), *parse_url("http://a:80/y")));
    EXPECT_FALSE(same_origin(*parse_url("http://a"), *parse_url("https://a")));
    EXPECT_FALSE(same_origin(*parse_url("http://a"), *parse_url("http://a:81")));
}

TEST(Url, IsTypedWithoutScheme) {
    EXPECT_EQ(to_string(*parse_typed_url("localhost:8080/x")), "http://localhost:8080/x");
    EXPECT_EQ(to_string(*parse_typed_url("127.0.0.1")), "http://127.0.0.1/");
    EXPECT_EQ(to_string(*parse_typed_url("https://a")), "https://a/");
    EXPECT_FALSE(parse_typed_url("ftp://a"));
    EXPECT_FALSE(parse_typed_url(""));
    EXPECT_FALSE(parse_typed_url("/etc/passwd"));
}

TEST(Url, ReadsAnyBytes) {
    EXPECT_EQ(to_string(*parse_url("http://a/\xff\x80")), "http://a/%EF%BF%BD%EF%BF%BD");
    EXPECT_FALSE(parse_url(std::string_view("http://a\0b/", 11)));
    EXPECT_FALSE(parse_url("http://\xff/"));
}

}  // namespace
}  // namespace nettool::proto
