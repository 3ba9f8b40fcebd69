#include "nettool/proto/classroom/sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

namespace nettool::proto {
namespace {

using namespace std::string_view_literals;

constexpr SumDialog::Limits small = {.numbers = 4, .characters = 8};

// What a peer is sent in all if the next feed is `size()` bytes.
std::string transcript(std::string_view request, const std::function<std::size_t()>& size) {
    SumDialog dialog(small);
    std::string sent;
    while (!request.empty()) {
        const auto piece = request.substr(0, size());
        request.remove_prefix(piece.size());
        dialog.feed(piece);
        sent += dialog.take_reply();
    }
    dialog.end();
    return sent + dialog.take_reply();
}

std::string transcript(std::string_view request, std::size_t size) {
    return transcript(request, [size] { return size; });
}

// The one thing that a cut may change: a sum does not wait for the LF behind it.
std::string without_last_lf(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

struct Case {
    std::string_view request;
    std::string_view reply;  // if the request comes at once
};

constexpr Case cases[] = {
    {"", ""},
    {"\n", ""},
    {"\0 \t\r\n"sv, ""},
    {"1|2|3|.", "6"},
    {"1|2|3|.\n", "6\n"},
    {"1|2|3|.\r\n", "6\n"},
    {"1|2|3|. \0\n"sv, "6\n"},
    {"1|2|3.", "6"},
    {"1|2|3.\n", "6\n"},
    {"1|2|3.\r\n", "6\n"},
    {"1|2|3 .\n", "6\n"},
    {"1.5|2.25|.", "3.75"},
    {"+1|-2|.", "-1"},
    {" 1 |\n2\t|\r\n-4|.", "-1\n"},
    {"1|2|.\0\0\0"sv, "3"},
    {".", "0"},
    {".\n\n", "0\n"},
    {"..", "0\n0"},
    {"1|.2|.", "1\n2"},
    {"1|.2|.\n", "1\n2\n"},
    {"1|.\n2|.\n", "1\n2\n"},
    {"1|.\n2|.", "1\n2\n"},
    {"1|.2|.\n3|.", "1\n2\n3\n"},
    {"12345678|.", "12345678"},
    {"12345678.\n", "12345678\n"},
    {"1|1|1|1|.", "4"},
    {"1|abc|2|.", "ERROR: number 2 is not a number: \"abc\"\n"},
    {"1||.", "ERROR: number 2 is not a number: \"\"\n"},
    {"1|\x1b[|.", "ERROR: number 2 is not a number: \"\\x1b[\"\n"},
    {"1|2 \n 3|.", "ERROR: number 2 is not a number: \"2 3\"\n"},
    {"1\0"
     "2|."sv,
     "ERROR: number 1 is not a number: \"1 2\"\n"},
    {"3.|.", "ERROR: number 1 is not a number: \"3.\"\n"},
    {"3..\n", "ERROR: number 1 is not a number: \"3.\"\n"},
    {"abc.", "ERROR: number 1 is not a number: \"abc\"\n"},
    {"1|2", "ERROR: list not ended with \".\"\n"},
    {"1|", "ERROR: list not ended with \".\"\n"},
    {"1|.2|", "1\nERROR: list not ended with \".\"\n"},
    {"1|.\n2|", "1\nERROR: list not ended with \".\"\n"},
    {"1|.x|9|.", "1\nERROR: number 1 is not a number: \"x\"\n"},
    {"1|1|1|1|1|.", "ERROR: more than 4 numbers\n"},
    {"123456789|.", "ERROR: number 1 is longer than 8 characters\n"},
    {"1|123456789.", "ERROR: number 2 is longer than 8 characters\n"},
    {"12345678.|.", "ERROR: number 1 is longer than 8 characters\n"},
    {"12345678..", "ERROR: number 1 is longer than 8 characters\n"},
    {"1|1|1|1|123456789|.", "ERROR: number 5 is longer than 8 characters\n"},
};

TEST(SumDialog, AnswersToTheLetter) {
    for (const auto& [request, reply] : cases)
        EXPECT_EQ(transcript(request, request.npos), reply) << request;
}

TEST(SumDialog, AnswersAlikeForAnyCutting) {
    for (const auto& [request, reply] : cases)
        for (const std::size_t size : {1u, 2u, 3u, 5u})
            EXPECT_EQ(without_last_lf(transcript(request, size)),
                      without_last_lf(std::string(reply)))
                << request << " by " << size;
}

TEST(SumDialog, AnswersRandomBytesAlikeForRandomCuttings) {
    std::mt19937 random(20261005);
    constexpr auto alphabet = "0123456789||||||....+-x \n\r\0"sv;
    for (int round = 0; round < 3000; ++round) {
        std::string request(random() % 40, ' ');
        std::generate(request.begin(), request.end(),
                      [&] { return alphabet[random() % alphabet.size()]; });
        EXPECT_EQ(without_last_lf(transcript(request, [&] { return 1 + random() % 7; })),
                  without_last_lf(transcript(request, request.npos)))
            << testing::PrintToString(request);
    }
}

TEST(SumDialog, APauseEndsOnlyWhatMayBeComplete) {
    for (const auto& [request, reply] : {Case{"1|2|3.", "6"},
                                         {"1|2|3. ", "6"},
                                         {"1|2|3", ""},
                                         {"1|2|", ""},
                                         {"", ""},
                                         {"\n3.", "3\n"},
                                         {"abc.", "ERROR: number 1 is not a number: \"abc\"\n"}}) {
        SumDialog dialog;
        dialog.feed(request);
        EXPECT_EQ(dialog.undecided(), !reply.empty()) << request;
        dialog.pause();
        EXPECT_EQ(dialog.take_reply(), reply) << request;
        EXPECT_FALSE(dialog.undecided()) << request;
    }
}

TEST(SumDialog, ALateLineFeedIsAnsweredWithTheNextSumOnly) {
    SumDialog dialog;
    dialog.feed("1|.");
    EXPECT_EQ(dialog.take_reply(), "1");
    dialog.feed("\n");
    EXPECT_EQ(dialog.take_reply(), "");
    EXPECT_TRUE(dialog.idle());
    dialog.feed("2|.");
    EXPECT_EQ(dialog.take_reply(), "\n2\n");
    dialog.feed("3|.");
    EXPECT_EQ(dialog.take_reply(), "3\n");
}

TEST(SumDialog, IgnoresEverythingAfterAnError) {
    SumDialog dialog;
    dialog.feed("x|1|.");
    EXPECT_TRUE(dialog.failed());
    EXPECT_EQ(dialog.take_reply(), "ERROR: number 1 is not a number: \"x\"\n");
    dialog.feed("1|2.");
    dialog.pause();
    dialog.end();
    EXPECT_EQ(dialog.take_reply(), "");
    EXPECT_EQ(dialog.refused(), 1u);
}

TEST(SumDialog, CountsWhatItAnswered) {
    SumDialog dialog;
    dialog.feed("1|.2|.\n3.");
    EXPECT_EQ(dialog.answered(), 2u);
    EXPECT_FALSE(dialog.idle());
    dialog.end();
    EXPECT_EQ(dialog.answered(), 3u);
    EXPECT_EQ(dialog.refused(), 0u);
    EXPECT_TRUE(dialog.idle());
}

TEST(SumDialog, ShowsOnlyTheBeginningOfWhatIsNoNumber) {
    SumDialog dialog;
    dialog.feed(std::string(100'000, 'x') + "|");
    EXPECT_EQ(dialog.take_reply(),
              "ERROR: number 1 is not a number: \"" + std::string(40, 'x') + "…\"\n");
}

TEST(SumDialog, AddsAMillionNumbersInSegments) {
    std::string request;
    for (int i = 1; i <= 1'000'000; ++i) (request += std::to_string(i)) += '|';
    request += '.';
    SumDialog dialog;
    for (auto rest = std::string_view(request); !rest.empty();) {
        dialog.feed(rest.substr(0, 1447));
        rest.remove_prefix(std::min<std::size_t>(1447, rest.size()));
    }
    EXPECT_EQ(dialog.take_reply(), "500000500000");
}

TEST(SumDialog, TakesNoNumberTooMany) {
    SumDialog dialog;
    std::string request;
    for (int i = 0; i < 1'000'001; ++i) request += "1|";
    dialog.feed(request);
    EXPECT_EQ(dialog.take_reply(), "ERROR: more than 1000000 numbers\n");
}

TEST(SumDialog, AddsNumbersOfAHundredThousandDigits) {
    const std::string nines(100'000, '9');
    SumDialog dialog;
    dialog.feed(nines + "|1|.");
    EXPECT_EQ(dialog.take_reply(), "1" + std::string(100'000, '0'));
    dialog.feed(nines + "9|.");
    EXPECT_EQ(dialog.take_reply(), "\nERROR: number 1 is longer than 100000 characters\n");
}

TEST(SumRequest, FollowsEachNumberByABarAndAllByAPoint) {
    const std::string numbers[] = {"1", "-2.5", "3"};
    EXPECT_EQ(sum_request(numbers, false), "1|-2.5|3|.");
    EXPECT_EQ(sum_request(numbers, true), "1|-2.5|3|.\n");
    EXPECT_EQ(sum_request({}, false), ".");
}

TEST(SumReply, IsANumber) {
    EXPECT_TRUE(is_sum_reply("-6.5"));
    EXPECT_FALSE(is_sum_reply("ERROR: number 1 is not a number: \"x\""));
    EXPECT_FALSE(is_sum_reply(""));
    EXPECT_FALSE(is_sum_reply("6\n"));
}

}  // namespace
}  // namespace nettool::proto
