#include "nettool/cli/suggestion.hpp"

#include <gtest/gtest.h>

namespace nettool::cli {
namespace {

constexpr std::string_view names[] = {"greet-server", "greet-client", "sum-server", "lab"};

TEST(Suggestion, FindsTheNearestWord) {
    EXPECT_EQ(nearest("greet-serve", names), "greet-server");
    EXPECT_EQ(nearest("sum-sevrer", names), "sum-server");
    EXPECT_EQ(nearest("sum", names), "sum-server");
    EXPECT_EQ(nearest("lba", names), "lab");
}

TEST(Suggestion, IsSilentWhenNothingIsNear) {
    EXPECT_EQ(nearest("", names), "");
    EXPECT_EQ(nearest("proxy", names), "");
    EXPECT_EQ(nearest(std::string(1000, 's'), names), "");
}

}  // namespace
}  // namespace nettool::cli
