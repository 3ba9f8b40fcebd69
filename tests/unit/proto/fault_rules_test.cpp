#include "nettool/proto/fault_rules.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;
using Kind = FaultAction::Kind;

constexpr std::string_view fields[] = {"rcpt", "host"};

FaultRule rule(std::string_view text) {
    auto parsed = parse_fault_rule(text, fields);
    EXPECT_TRUE(parsed.rule) << text << ": " << parsed.error;
    return parsed.rule.value_or(FaultRule{});
}

std::string error(std::string_view text) {
    const auto parsed = parse_fault_rule(text, fields);
    EXPECT_FALSE(parsed.rule) << text;
    return parsed.error;
}

TEST(FaultRules, AreReadAsTheyAreDocumented) {
    const auto often = rule("503 2%");
    EXPECT_EQ(often.actions, (std::vector<FaultAction>{{Kind::reply, 503, 0ms, 0}}));
    EXPECT_DOUBLE_EQ(often.chance, 0.02);
    EXPECT_FALSE(often.pattern || often.times);

    const auto twice = rule("when rcpt ~ /x/ then 451 after 2s, 2 times");
    EXPECT_EQ(twice.actions, (std::vector<FaultAction>{{Kind::reply, 451, 2s, 0}}));
    EXPECT_EQ(twice.field, "rcpt");
    EXPECT_EQ(twice.times, 2U);

    const auto slow = rule("when host ~ /y/ then latency 300ms, rate 50K");
    EXPECT_EQ(slow.actions, (std::vector<FaultAction>{{Kind::latency, 0, 300ms, 0},
                                                      {Kind::rate, 0, 0ms, 51'200}}));
    const auto all = rule("latency 1s , reset after 10ms,50% , 1 time");
    EXPECT_EQ(all.actions.size(), 2U);
    EXPECT_EQ(all.actions[1], (FaultAction{Kind::reset, 0, 10ms, 0}));
    EXPECT_DOUBLE_EQ(all.chance, 0.5);
    EXPECT_EQ(all.times, 1U);
    EXPECT_EQ(rule("close").actions[0].kind, Kind::close);
}

TEST(FaultRules, AskForAnExpression) {
    FaultRules rules(1);
    rules.add(rule(R"(when host ~ /^a\/b|c, d then 5\.e/ then 404)"));
    const auto hit = [&rules](std::string host) {
        return !rules
                    .judge([&](std::string_view name) {
                        return name == "host" ? std::string_view(host) : "";
                    })
                    .empty();
    };
    EXPECT_TRUE(hit("a/b"));
    EXPECT_TRUE(hit("A/B")) << "without regard to case";
    EXPECT_TRUE(hit("xx c, d then 5.e"));
    EXPECT_FALSE(hit("c, d then 5xe"));
    EXPECT_FALSE(hit(""));
    EXPECT_FALSE(hit(std::string(2000, 'x') + "a/b"));
}

TEST(FaultRules, NameTheWordThatIsWrong) {
    EXPECT_EQ(error(""), "unknown action the end");
    EXPECT_EQ(error("explode"), "unknown action \"explode\"");
    EXPECT_EQ(error("99"), "unknown action \"99\"");
    EXPECT_EQ(error("100"), "unknown action \"100\"");
    EXPECT_EQ(error("latency fast"), "bad time \"fast\"");
    EXPECT_EQ(error("rate 0"), "bad rate \"0\"");
    EXPECT_EQ(error("503 200%"), "bad share \"200%\"");
    EXPECT_EQ(error("503 twice"), "unexpected \"twice\"");
    EXPECT_EQ(error("503,"), "unknown action the end");
    EXPECT_EQ(error("when colour ~ /x/ then 503"), "unknown field \"colour\"");
    EXPECT_EQ(error("when host = /x/ then 503"), "expected '~' before \"=\"");
    EXPECT_EQ(error("when host ~ x then 503"), "expected /RE/ before \"x\"");
    EXPECT_EQ(error("when host ~ /x then 503"), "no slash ends \"/x then 503\"");
    EXPECT_EQ(error("when host ~ /(/ then 503"), "bad expression \"/(/\"");
    EXPECT_EQ(error("when host ~ /x/ 503"), "expected 'then' before \"503\"");
}

TEST(FaultRules, HappenAsOftenAsTheySay) {
    FaultRules rules(7);
    rules.add(rule("503 20%"));
    rules.add(rule("close, 3 times"));
    const auto none = [](std::string_view) { return std::string_view(); };
    int replies = 0, closed = 0;
    for (int i = 0; i < 1000; ++i)
        for (const auto& action : rules.judge(none))
            ++(action.kind == Kind::reply ? replies : closed);
    EXPECT_NEAR(replies, 200, 40);
    EXPECT_EQ(closed, 3);
    FaultRules again(7);
    again.add(rule("503 20%"));
    int same = 0;
    for (int i = 0; i < 1000; ++i) same += !again.judge(none).empty();
    EXPECT_EQ(same, replies) << "the same from the same seed";
}

}  // namespace
}  // namespace nettool::proto
