#include "nettool/base/text.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace nettool {
namespace {

using namespace std::string_view_literals;

struct Case {
    std::string_view text;
    std::string_view shown;
};

TEST(Escaped, LetsNothingDriveATerminal) {
    constexpr Case cases[] = {
        {"", ""},
        {"plain text", "plain text"},
        {"größe 日本 🙂", "größe 日本 🙂"},
        {"\x1b[2J", "\\x1b[2J"},
        {"a\tb\r\n", "a\\x09b\\x0d\\x0a"},
        {"\0"sv, "\\x00"},
        {"\x7f", "\\x7f"},
        {"\xc2\x9b", "\\xc2\\x9b"},
        {"\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9"},
        {"\xe2\x80\xaetxt", "\\xe2\\x80\\xaetxt"},
        {"\xff\xc3(", "\\xff\\xc3("},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
        {"\"\\", "\"\\"},
    };
    for (const auto& [text, shown] : cases) EXPECT_EQ(escaped(text), shown);
}

TEST(Escaper, GivesTheSameTextForAnySegmentation) {
    const auto text = "größe\t日本 🙂\n\x1b[2J\xe2\x82(\xff\xc3"sv;
    const auto shown = "größe\t日本 🙂\n\\x1b[2J\\xe2\\x82(\\xff\\xc3";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        Escaper escaper;
        std::string out;
        for (auto rest = text; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
            out += escaper.feed(rest.substr(0, piece));
        EXPECT_EQ(out + escaper.flush(), shown) << piece;
    }
}

TEST(JsonSafe, KeepsTheMeaningAndDrivesNothing) {
    EXPECT_EQ(json_safe(R"({"a":"größe 🙂\n"})"), R"({"a":"größe 🙂\n"})");
    EXPECT_EQ(json_safe("\"\x7f\xc2\x9b\xe2\x80\xae\""), R"("\u007f\u009b\u202e")");
    EXPECT_EQ(json_safe("\"\xff\xc3(\xed\xa0\x80\""), R"("\ufffd\ufffd(\ufffd\ufffd\ufffd")");
}

TEST(Quoted, EscapesItsOwnQuotes) {
    EXPECT_EQ(quoted(""), R"("")");
    EXPECT_EQ(quoted(R"(say "hi"\)"), R"("say \"hi\"\\")");
    EXPECT_EQ(quoted("a\n\r\t\x1b"), R"("a\n\r\t\x1b")");
}

TEST(Quoted, CutsBetweenCharacters) {
    EXPECT_EQ(quoted("abcdef", 6), R"("abcdef")");
    EXPECT_EQ(quoted("abcdef", 3), R"("abc…")");
    EXPECT_EQ(quoted("aéé", 2), R"("a…")");
    EXPECT_EQ(quoted("\x80\x80\x80\x80\x80", 4), R"("\x80…")");
    EXPECT_EQ(quoted("aéé", 3), R"("aé…")");
}

TEST(Utf8SequenceLength, FollowsRfc3629) {
    constexpr std::pair<std::string_view, std::size_t> cases[] = {
        {"", 0},
        {"a", 1},
        {"\0"sv, 1},
        {"é", 2},
        {"€x", 3},
        {"🙂", 4},
        {"\xf4\x8f\xbf\xbf", 4},
        {"\x80", 0},
        {"\xc3", 0},
        {"\xc3(", 0},
        {"\xc1\xbf", 0},
        {"\xe0\x9f\xbf", 0},
        {"\xed\xa0\x80", 0},
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xf4\x90\x80\x80", 0},
        {"\xf5\x80\x80\x80", 0},
    };
    for (const auto& [text, length] : cases) EXPECT_EQ(utf8_sequence_length(text), length) << text;
}

TEST(Trimmed, TakesWhiteSpaceFromBothEnds) {
    EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
    EXPECT_EQ(trimmed("a"), "a");
    EXPECT_EQ(trimmed(" \n"), "");
    EXPECT_EQ(trimmed(""), "");
}

TEST(Text, IsJoinedOnlyWhereThereIsSomething) {
    std::string text;
    for (const auto* part : {"", "a", "", "b"}) append_joined(text, ", ", part);
    EXPECT_EQ(text, "a, b");
}

}  // namespace
}  // namespace nettool
