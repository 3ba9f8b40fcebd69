#include "nettool/proto/classroom/json_text.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

TEST(JsonText, FindsTheEndOfAValueHoweverItIsCut) {
    const std::string text = R"({"a":"}\"]","b":[{},[]]}rest)";
    for (std::size_t step = 1; step < text.size(); ++step) {
        JsonEnd end;
        std::size_t used = 0;
        while (used < text.size() && !end.ended())
            used += end.feed(std::string_view(text).substr(used, step));
        EXPECT_EQ(text.substr(used), "rest") << step;
    }
    JsonEnd open;
    open.feed(R"({"a":"\)");
    EXPECT_FALSE(open.ended());
}

TEST(JsonText, SaysWhereItIsWrong) {
    EXPECT_FALSE(json_fault(R"({"a":[1,2.5e400,null,true,"ä\u00e4"]})"));
    EXPECT_TRUE(json_fault(R"({"a":1,})")->starts_with("bad JSON at byte 7: "));
    EXPECT_TRUE(json_fault("{} x")->starts_with("bad JSON at byte 3: "));
    EXPECT_TRUE(json_fault("{\"a\":\"\xff\"}"));
    EXPECT_FALSE(json_fault(std::string(31, '[') + std::string(31, ']')));
    EXPECT_TRUE(json_fault(std::string(40, '[') + std::string(40, ']')));
    EXPECT_TRUE(json_fault("[}"));
}

TEST(JsonText, HandsValuesOnAsTheyAreWritten) {
    const std::string text =
        R"( { "n" : 12345678901234567890123 , "f":1.50e+1,"s": "a\"b" ,"o":{"n":[ ]}, "n\u0061":1,"t":true,"n":2.0})";
    ASSERT_FALSE(json_fault(text));
    EXPECT_EQ(json_member(text, "f"), "1.50e+1");
    EXPECT_EQ(json_member(text, "n"), "2.0") << "the last of that name";
    EXPECT_EQ(json_member(text, "s"), R"("a\"b")");
    EXPECT_EQ(json_member(text, "o"), R"({"n":[ ]})");
    EXPECT_EQ(json_member(text, "na"), "1") << "names are compared without their escapes";
    EXPECT_EQ(json_member(text, "t"), "true");
    EXPECT_FALSE(json_member(text, "x"));
    EXPECT_FALSE(json_member("[1]", "x"));
    EXPECT_FALSE(json_member("{}", "x"));
    EXPECT_EQ(json_element("[ 1 , [2] ,3]", 1), "[2]");
    EXPECT_EQ(json_element("[ 1 , [2] ,3]", 2), "3");
    EXPECT_FALSE(json_element("[1]", 1));
    EXPECT_FALSE(json_element("[]", 0));
    EXPECT_FALSE(json_element("{}", 0));
}

TEST(JsonText, TakesQuotesAndEscapesOff) {
    EXPECT_EQ(json_plain(R"("a\u00e4\n")"), "a\xc3\xa4\n");
    EXPECT_EQ(json_plain("\"\""), "");
    EXPECT_EQ(json_plain("1.50"), "1.50");
    EXPECT_EQ(json_quoted("a\"\n"), R"("a\"\n")");
}

}  // namespace
}  // namespace nettool::proto
