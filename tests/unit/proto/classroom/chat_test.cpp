#include "nettool/proto/classroom/chat.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using Move = ChatCrowd::Move;

TEST(ChatName, IsWhatWasSaidIfThatIsHarmless) {
    for (const auto* name : {"alice", "Ada Lovelace", "a  b", "Zoë", "李雷", "x*y", "server"})
        EXPECT_EQ(chat_name(name), name);
    EXPECT_EQ(chat_name("  alice\t\r"), "alice");
    EXPECT_EQ(chat_name(""), "");
    EXPECT_EQ(chat_name(" \t "), "");
}

TEST(ChatName, CannotForgeAnotherLine) {
    EXPECT_EQ(chat_name("* server"), "_ server");
    EXPECT_EQ(chat_name("alice: hi"), "alice_ hi");
    EXPECT_EQ(chat_name("a\x1b[2Jb"), "a_[2Jb");
    EXPECT_EQ(chat_name("a\nb"), "a_b");
    EXPECT_EQ(chat_name("a\xe2\x80\xae"
                        "b"),
              "a_b")
        << "U+202E turns the line round";
    EXPECT_EQ(chat_name("al\xe2\x80\x8bice"), "al_ice") << "U+200B is not seen";
    EXPECT_EQ(chat_name("al\xc2\xa0ice"), "al_ice") << "U+00A0 looks like a blank";
    EXPECT_EQ(chat_name("\xff\xc3"), "__");
}

TEST(ChatName, IsCutAt32Columns) {
    EXPECT_EQ(chat_name(std::string(100, 'x')), std::string(32, 'x'));
    std::string wide;
    for (int i = 0; i < 40; ++i) wide += "李";
    EXPECT_EQ(chat_name(wide).size(), 16 * 3U) << "two columns each";
    EXPECT_EQ(chat_name(std::string(31, 'x') + " yz"), std::string(31, 'x'));
}

TEST(ChatNames, AreUniqueWithoutRegardToCase) {
    ChatNames names;
    EXPECT_TRUE(names.take("Alice"));
    EXPECT_FALSE(names.take("aLICE"));
    EXPECT_TRUE(names.take("STRASSE"));
    EXPECT_FALSE(names.take("straße"));
    EXPECT_TRUE(names.take("é"));
    EXPECT_FALSE(names.take("e\xcc\x81")) << "the same, composed";
    EXPECT_EQ(names.take_any("alice"), "alice-2");
    EXPECT_EQ(names.take_any("ALICE"), "ALICE-3");
    names.give_back("ALICE-2");
    EXPECT_EQ(names.take_any("alice"), "alice-2");
}

std::vector<std::string> lines_of(std::string_view bytes, std::size_t piece) {
    ChatLines lines;
    std::vector<std::string> texts;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        lines.feed(bytes.substr(0, piece));
        while (const auto line = lines.next()) texts.push_back(line->text);
    }
    if (const auto rest = lines.rest()) texts.push_back(rest->text);
    EXPECT_FALSE(lines.unfinished());
    return texts;
}

TEST(ChatLines, AreTheSameForAnySegmentation) {
    const auto bytes = "one\r\n\ntwo\0\0three\nfour"sv;
    const std::vector<std::string> expected{"one", "", "two", "", "three", "four"};
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece)
        EXPECT_EQ(lines_of(bytes, piece), expected) << piece;
}

TEST(ChatLines, AreCutBetweenCharacters) {
    std::string text(ChatLines::max_bytes - 1, 'x');
    text += "é and more";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, text.size()}) {
        const auto lines = lines_of(text, piece);
        ASSERT_EQ(lines.size(), 2U);
        EXPECT_EQ(lines[0].size(), ChatLines::max_bytes - 1);
        EXPECT_EQ(lines[1], "é and more");
    }
    std::string endless;
    for (int i = 0; i < 100'000; ++i) endless += "\x80";
    EXPECT_EQ(lines_of(endless, 4096).size(), 25U) << "no character to cut behind";
}

TEST(ChatMessage, BeginsWithTheNameAndIsEscaped) {
    EXPECT_EQ(chat_message("alice", "hello"), "alice: hello\n");
    EXPECT_EQ(chat_message("alice", "* bob left"), "alice: * bob left\n");
    EXPECT_EQ(chat_message("alice", "a\x1b[1mb\x07"), "alice: a\\x1b[1mb\\x07\n");
    EXPECT_EQ(chat_message("alice", "  "), "");
    EXPECT_EQ(chat_message("alice", "alice: hello"), "alice: hello\n");
    EXPECT_EQ(chat_message("alice", "alice: alice: hello"), "alice: alice: hello\n");
    EXPECT_EQ(chat_message("al", "alice: hello"), "al: alice: hello\n");
    EXPECT_EQ(chat_message("alice", "alice:"), "");
}

TEST(OthersHere, AreNamedUpToTwenty) {
    const std::vector<std::string_view> none, one{"bob"}, two{"bob", "carol"};
    EXPECT_EQ(others_here(0, none), "0 others here");
    EXPECT_EQ(others_here(1, one), "1 other here: bob");
    EXPECT_EQ(others_here(2, two), "2 others here: bob, carol");
    const std::vector<std::string_view> many(20, "x");
    const auto text = others_here(25, many);
    EXPECT_TRUE(text.starts_with("25 others here: x, x"));
    EXPECT_TRUE(text.ends_with(" x and 5 more"));
}

TEST(ChatCrowd, IsCountedWhenItIsOne) {
    ChatCrowd crowd;
    const ChatCrowd::Clock::time_point start{1h};
    EXPECT_EQ(crowd.moved(Move::join, "alice", "", start), "* alice joined\n");
    EXPECT_EQ(crowd.moved(Move::leave, "bob", " (too slow)", start), "* bob left (too slow)\n");
    for (int i = 0; i < 18; ++i) EXPECT_TRUE(crowd.moved(Move::join, "x", "", start));
    EXPECT_FALSE(crowd.due());
    for (int i = 0; i < 312; ++i) EXPECT_FALSE(crowd.moved(Move::join, "x", "", start + 500ms));
    EXPECT_FALSE(crowd.moved(Move::leave, "x", "", start + 500ms));
    EXPECT_EQ(crowd.due(), start + 1s);
    EXPECT_EQ(crowd.counted(), "* 312 joined\n* 1 left\n");
    EXPECT_FALSE(crowd.due());
    EXPECT_EQ(crowd.moved(Move::join, "late", "", start + 1s), "* late joined\n");
}

}  // namespace
}  // namespace nettool::proto
