#include "nettool/proto/web/robots.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

bool allowed(std::string_view text, std::string_view target) {
    return Robots(text, "nettool").allows(target);
}

TEST(Robots, AllowsWhatNobodyForbids) {
    EXPECT_TRUE(allowed("", "/a"));
    EXPECT_TRUE(allowed("<html>not found</html>", "/a"));
    EXPECT_TRUE(allowed("User-agent: *\nDisallow:", "/a"));
    EXPECT_TRUE(allowed("User-agent: *\nDisallow: /", "/robots.txt"));
}

TEST(Robots, LetTheLongestRuleDecide) {
    constexpr auto text =
        "User-agent: *\nDisallow: /a/\nAllow: /a/b\nAllow: /a/c\nDisallow: /a/c\n";
    EXPECT_FALSE(allowed(text, "/a/x"));
    EXPECT_TRUE(allowed(text, "/a/b/x"));
    EXPECT_TRUE(allowed(text, "/a/c"));  // of equals the milder one
    EXPECT_TRUE(allowed(text, "/b"));
}

TEST(Robots, KnowStarsAndTheEnd) {
    constexpr auto text = "user-agent: *\ndisallow: /*.gif$\ndisallow: /private*x\n";
    EXPECT_FALSE(allowed(text, "/a/b.gif"));
    EXPECT_TRUE(allowed(text, "/a/b.gif?c"));
    EXPECT_FALSE(allowed(text, "/private/1/x/2"));
    EXPECT_TRUE(allowed(text, "/private/1"));
}

TEST(Robots, PreferTheirOwnGroup) {
    constexpr auto text =
        "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-Agent: NetTool/1.0\n"
        "Disallow: /b # why\n\nUser-agent: third\nDisallow: /c\n";
    EXPECT_TRUE(allowed(text, "/a"));
    EXPECT_FALSE(allowed(text, "/b"));
    EXPECT_TRUE(allowed(text, "/c"));
}

TEST(Robots, CompareEscapesByMeaning) {
    EXPECT_FALSE(allowed("User-agent: *\nDisallow: /%7Ea/\xc3\xbc", "/~a/%c3%BC"));
}

}  // namespace
}  // namespace nettool::proto
