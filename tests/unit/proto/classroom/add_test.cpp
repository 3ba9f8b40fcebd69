#include "nettool/proto/classroom/add.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

constexpr auto error = "ERROR: expected two numbers";

TEST(Add, TakesTwoIntegersInAnyDressing) {
    for (const auto* message :
         {"3 7", "3,7", "3+7", "(3, 7)", "[3, 7]", R"({"a":3,"b":7})", "{'a': 3, 'b': 7}", "3\t7",
          "+3 +7", "3;7", " 3 7 \r", R"({"1st":3,"2nd":7})", "03 07"})
        EXPECT_EQ(add_answer(message), "10") << message;
    EXPECT_EQ(add_answer("3-7"), "-4");
    EXPECT_EQ(add_answer("(-3, -7)"), "-10");
    EXPECT_EQ(add_answer("5 -5"), "0");
}

TEST(Add, KnowsNoLargestNumber) {
    EXPECT_EQ(add_answer("99999999999999999999 1"), "100000000000000000000");
}

TEST(Add, RefusesEverythingElse) {
    for (const auto* message : {"", " ", "3", "1 2 3", "3.5 1", "a b", "3x7", "--3 7", "3 -",
                                "1e3 2", "\"3\" \"7\"", R"({"a":3)", "\"3 7", "\xff 1 2", "3/7"})
        EXPECT_EQ(add_answer(message), error) << message;
}

TEST(Add, WaitsForTheSecondNumber) {
    EXPECT_TRUE(lacks_second_number("3"));
    EXPECT_TRUE(lacks_second_number("(3, "));
    EXPECT_FALSE(lacks_second_number(""));
    EXPECT_FALSE(lacks_second_number("3 7"));
    EXPECT_FALSE(lacks_second_number("alice"));
}

}  // namespace
}  // namespace nettool::proto
