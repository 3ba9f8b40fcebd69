#include "nettool/proto/web/http_conditions.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr sys_seconds modified = sys_days(1994y / November / 6) + 8h + 49min + 37s;
constexpr sys_seconds now = sys_days(2026y / November / 27);
constexpr auto at_modified = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr auto before = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr auto after = "Sun, 06 Nov 1994 08:49:38 GMT";

Validators current(bool weak = false) { return {{"a", weak}, modified}; }

Precondition judge(const Conditions& conditions, bool weak = false) {
    return judge_conditions(conditions, current(weak), now);
}

Conditions if_match(std::string_view value) {
    Conditions conditions;
    conditions.if_match = value;
    return conditions;
}

Conditions if_none_match(std::string_view value) {
    Conditions conditions;
    conditions.if_none_match = value;
    return conditions;
}

bool range_of(std::string_view if_range, const Validators& validators, sys_seconds at = now) {
    Conditions conditions;
    conditions.if_range = if_range;
    return range_applies(conditions, validators, at);
}

TEST(HttpConditions, ComparesTagsWeaklyForACache) {
    for (const auto* list :
         {R"("a")", R"(W/"a")", "*", R"("b", "a")", R"( "b" ,, W/"a" )", R"("","a")"}) {
        EXPECT_EQ(judge(if_none_match(list)), Precondition::not_modified) << list;
        EXPECT_EQ(judge(if_none_match(list), true), Precondition::not_modified) << list;
    }
    for (const auto* list : {R"("b")", "a", "", R"("a)", R"(w/"a")", R"("b" "c)", R"(b, "a")"})
        EXPECT_EQ(judge(if_none_match(list)), Precondition::proceed) << list;
}

TEST(HttpConditions, ComparesTagsStronglyForAChange) {
    EXPECT_EQ(judge(if_match(R"("b", "a")")), Precondition::proceed);
    EXPECT_EQ(judge(if_match("*")), Precondition::proceed);
    EXPECT_EQ(judge(if_match(R"("b")")), Precondition::failed);
    EXPECT_EQ(judge(if_match(R"(W/"a")")), Precondition::failed);
    EXPECT_EQ(judge(if_match(R"("a")"), true), Precondition::failed);
}

TEST(HttpConditions, ComparesDates) {
    const auto modified_since = [](std::string_view date) {
        Conditions conditions;
        conditions.if_modified_since = date;
        return judge(conditions);
    };
    EXPECT_EQ(modified_since(before), Precondition::proceed);
    EXPECT_EQ(modified_since(at_modified), Precondition::not_modified);
    EXPECT_EQ(modified_since(after), Precondition::not_modified);
    EXPECT_EQ(modified_since("yesterday"), Precondition::proceed);
    const auto unmodified_since = [](std::string_view date) {
        Conditions conditions;
        conditions.if_unmodified_since = date;
        return judge(conditions);
    };
    EXPECT_EQ(unmodified_since(before), Precondition::failed);
    EXPECT_EQ(unmodified_since(at_modified), Precondition::proceed);
    EXPECT_EQ(unmodified_since("yesterday"), Precondition::proceed);
}

TEST(HttpConditions, HeedsTagsBeforeDates) {
    auto conditions = if_none_match(R"("b")");
    conditions.if_modified_since = after;
    EXPECT_EQ(judge(conditions), Precondition::proceed);
    conditions = if_match(R"("a")");
    conditions.if_unmodified_since = before;
    EXPECT_EQ(judge(conditions), Precondition::proceed);
    conditions = if_match(R"("b")");
    conditions.if_none_match = R"("a")";
    EXPECT_EQ(judge(conditions), Precondition::failed);
}

TEST(HttpConditions, HeedsARangeOnlyOfTheSameFile) {
    EXPECT_TRUE(range_applies({}, current(), now));
    EXPECT_TRUE(range_of(R"("a")", current()));
    EXPECT_FALSE(range_of(R"("b")", current()));
    EXPECT_FALSE(range_of(R"(W/"a")", current()));
    EXPECT_FALSE(range_of(R"("a")", current(true)));
    EXPECT_FALSE(range_of(R"("a", "b")", current()));
    EXPECT_FALSE(range_of("*", current()));
    EXPECT_TRUE(range_of(at_modified, current()));
    EXPECT_FALSE(range_of(after, current()));
    EXPECT_FALSE(range_of(at_modified, current(), modified)) << "it may have changed since";
}

}  // namespace
}  // namespace nettool::proto
