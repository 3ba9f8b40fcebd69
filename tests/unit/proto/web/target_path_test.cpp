#include "nettool/proto/web/target_path.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using Names = std::vector<std::string>;

TEST(TargetPath, DecodesEachSegmentOnce) {
    struct Row {
        std::string_view target;
        Names segments;
        bool directory;
    };
    for (const auto& [target, segments, directory] : std::initializer_list<Row>{
             {"/", {}, true},
             {"/a", {"a"}, false},
             {"/a/", {"a"}, true},
             {"/a/b", {"a", "b"}, false},
             {"/a%20b/%C3%A4", {"a b", "\xc3\xa4"}, false},
             {"/%2541", {"%41"}, false},
             {"/a..b", {"a..b"}, false},
             {"/...", {"..."}, false},
             {"/%FF", {"\xff"}, false},
             {"//a///b", {"a", "b"}, false},
             {"/a+b", {"a+b"}, false},
         }) {
        const auto path = parse_target_path(target);
        ASSERT_TRUE(path) << target;
        EXPECT_EQ(path->segments, segments) << target;
        EXPECT_EQ(path->directory, directory) << target;
    }
}

TEST(TargetPath, ResolvesDotSegmentsAsFarAsTheyGo) {
    const auto names = [](std::string_view target) { return parse_target_path(target)->segments; };
    EXPECT_EQ(names("/a/./b"), Names({"a", "b"}));
    EXPECT_EQ(names("/a/../b"), Names({"b"}));
    EXPECT_EQ(names("/a/%2e%2E/b"), Names({"b"}));
    EXPECT_EQ(names("/a/.."), Names());
    EXPECT_EQ(names("/../a"), Names({"..", "a"}));
    EXPECT_EQ(names("/a/../../b"), Names({"..", "b"}));
    EXPECT_TRUE(parse_target_path("/a/..")->directory);
}

TEST(TargetPath, SplitsTheQueryOff) {
    const auto path = parse_target_path("/a?format=json&x=y?z#%");
    ASSERT_TRUE(path);
    EXPECT_EQ(path->segments, Names({"a"}));
    EXPECT_EQ(query_value(path->query, "format"), "json");
    EXPECT_EQ(query_value(path->query, "x"), "y?z#%");
    EXPECT_EQ(query_value(path->query, "y"), std::nullopt);
    EXPECT_EQ(query_value("flag&b=", "flag"), "");
    EXPECT_EQ(query_value("flag&b=", "b"), "");
}

TEST(TargetPath, DecodesTheFieldOfAForm) {
    EXPECT_EQ(form_value("x=1&query=a+b%2Bc%26%", "query"), "a b+c&%");
    EXPECT_EQ(form_value("x=1", "query"), "");
}

TEST(TargetPath, RefusesWhatIsNoName) {
    for (const auto* target : {"", "a", "*", "/%", "/%4", "/%4g", "/%g4", "/a%00b", "/a%2Fb",
                               "/a%2f", "/a%5Cb", "/a\\b"})
        EXPECT_FALSE(parse_target_path(target)) << target;
}

TEST(TargetPath, IsWrittenAsAnAbsolutePathOfThisServer) {
    EXPECT_EQ(encoded_path(Names(), true), "/");
    EXPECT_EQ(encoded_path(Names({"a", "b"}), true), "/a/b/");
    EXPECT_EQ(encoded_path(Names({"a b#?%", "\xc3\xa4:"}), false), "/a%20b%23%3F%25/%C3%A4%3A");
    EXPECT_EQ(encoded_path(parse_target_path("//evil.example/x")->segments, true),
              "/evil.example/x/");
}

}  // namespace
}  // namespace nettool::proto
