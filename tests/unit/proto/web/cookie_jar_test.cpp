#include "nettool/proto/web/cookie_jar.hpp"

#include "nettool/proto/web/cookie_date.hpp"
#include "nettool/proto/web/public_suffix.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 29);

class CookieJarTest : public testing::Test {
protected:
    bool set(std::string_view text, std::string_view from = "http://www.example.com/a/b") {
        return jar.set(text, *parse_url(from), now);
    }
    std::string sent_to(std::string_view url, std::chrono::seconds later = 0s) const {
        return jar.field_for(*parse_url(url), now + later);
    }

    CookieJar jar{is_public_suffix};
};

TEST_F(CookieJarTest, SendsACookieBackToItsHostOnly) {
    EXPECT_TRUE(set("a=1"));
    EXPECT_EQ(sent_to("http://www.example.com/a/c"), "a=1");
    EXPECT_EQ(sent_to("http://www.example.com:81/a"), "a=1");
    EXPECT_EQ(sent_to("http://example.com/a/"), "");
    EXPECT_EQ(sent_to("http://x.www.example.com/a/"), "");
    EXPECT_EQ(sent_to("http://www.example.com/ab"), "") << "its path is /a";
}

TEST_F(CookieJarTest, SendsACookieOfADomainToAllBelowIt) {
    EXPECT_TRUE(set("a=1; Domain=.Example.com; path=/"));
    EXPECT_EQ(sent_to("http://x.example.com/"), "a=1");
    EXPECT_EQ(sent_to("http://badexample.com/"), "");
}

TEST_F(CookieJarTest, KeepsNothingForForeignDomainsAndPublicSuffixes) {
    EXPECT_FALSE(set("a=1; domain=other.com"));
    EXPECT_FALSE(set("a=1; domain=com"));
    EXPECT_FALSE(set("a=1; domain=co.uk", "http://a.co.uk/"));
    EXPECT_FALSE(set("a=1; domain=x.www.example.com"));
    EXPECT_FALSE(set("a=1; domain=0.0.1", "http://127.0.0.1/"));
    EXPECT_TRUE(set("a=1; domain=github.io", "http://github.io/")) << "a host's own";
    EXPECT_EQ(sent_to("http://x.github.io/"), "");
}

TEST_F(CookieJarTest, SendsSecureCookiesOverTlsOnly) {
    EXPECT_FALSE(set("a=1; secure"));
    EXPECT_TRUE(set("a=1; Secure; HttpOnly", "https://www.example.com/"));
    EXPECT_EQ(sent_to("http://www.example.com/"), "");
    EXPECT_EQ(sent_to("https://www.example.com/"), "a=1");
    EXPECT_FALSE(set("__Secure-b=1", "https://www.example.com/"));
    EXPECT_FALSE(set("__Host-c=1; secure", "https://www.example.com/a/b"));
    EXPECT_TRUE(set("__Host-c=1; secure; path=/", "https://www.example.com/a/b"));
}

TEST_F(CookieJarTest, ForgetsWhatHasExpired) {
    EXPECT_TRUE(set("a=1; Max-Age=60; expires=Sun, 06 Nov 1994 08:49:37 GMT; path=/"));
    EXPECT_TRUE(set("b=2; expires=Mon, 30-Nov-26 00:00:00 GMT; path=/"));
    EXPECT_EQ(sent_to("http://www.example.com/", 59s), "a=1; b=2");
    EXPECT_EQ(sent_to("http://www.example.com/", 60s), "b=2");
    EXPECT_EQ(sent_to("http://www.example.com/", 24h), "");
    EXPECT_TRUE(set("a=; max-age=0; path=/"));
    EXPECT_EQ(sent_to("http://www.example.com/"), "b=2");
}

TEST_F(CookieJarTest, SendsLongerPathsFirst) {
    EXPECT_TRUE(set("a=1; path=/"));
    EXPECT_TRUE(set("b=2; path=/a/b"));
    EXPECT_TRUE(set("c=3; path=/"));
    EXPECT_EQ(sent_to("http://www.example.com/a/b/c"), "b=2; a=1; c=3");
    EXPECT_TRUE(set("a=4; path=/"));
    EXPECT_EQ(sent_to("http://www.example.com/"), "a=4; c=3") << "where it was";
}

TEST_F(CookieJarTest, RefusesWhatIsNoCookie) {
    EXPECT_FALSE(set("novalue"));
    EXPECT_FALSE(set("=1"));
    EXPECT_FALSE(set("a=1\r\nEvil: 1"));
    EXPECT_FALSE(set("a=" + std::string(5000, 'x')));
    EXPECT_TRUE(jar.cookies().empty());
}

TEST_F(CookieJarTest, IsBounded) {
    for (int i = 0; i < 500; ++i) EXPECT_TRUE(set("c" + std::to_string(i) + "=1"));
    EXPECT_EQ(jar.cookies().size(), CookieJar::max_per_domain);
    EXPECT_EQ(jar.cookies().back().name, "c499");
}

TEST_F(CookieJarTest, ReadsAndWritesTheFilesOfCurl) {
    constexpr auto file =
        "# Netscape HTTP Cookie File\n"
        "# a comment\n\n"
        ".example.com\tTRUE\t/\tFALSE\t1900000000\ta\t1\n"
        "#HttpOnly_www.example.com\tFALSE\t/x\tTRUE\t0\tb\t\n"
        "www.example.com\tFALSE\t/\tFALSE\t1000000000\told\t1\n";
    EXPECT_EQ(jar.read(file, now), std::nullopt);
    EXPECT_EQ(jar.file(now),
              "# Netscape HTTP Cookie File\n"
              ".example.com\tTRUE\t/\tFALSE\t1900000000\ta\t1\n"
              "#HttpOnly_www.example.com\tFALSE\t/x\tTRUE\t0\tb\t\n");
    EXPECT_EQ(sent_to("https://www.example.com/x"), "b=; a=1");
    EXPECT_EQ(jar.read("one\ntwo\n", now), 1U);
}

TEST(CookieDate, IsReadInNearlyAnyForm) {
    using std::chrono::sys_days;
    using std::chrono::year;
    const std::chrono::sys_seconds expected = sys_days(year(1994) / 11 / 6) + 8h + 49min + 37s;
    for (const auto* text :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
          "Sun Nov  6 08:49:37 1994", "8:49:37 6 november 1994", "1994 Nov 06 08:49:37"})
        EXPECT_EQ(parse_cookie_date(text), expected) << text;
    for (const auto* text : {"", "tomorrow", "32 Nov 1994 08:49:37", "6 Nov 1994 24:00:00",
                             "6 Nov 1500 08:49:37", "31 Feb 1994 08:49:37"})
        EXPECT_FALSE(parse_cookie_date(text)) << text;
}

}  // namespace
}  // namespace nettool::proto
