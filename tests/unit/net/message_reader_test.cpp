#include "nettool/net/message_reader.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/net/task_group.hpp"
#include "support/stream_pair.hpp"

#include <gtest/gtest.h>

namespace nettool::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using Ending = Message::Ending;

std::vector<std::string> assembled(std::string_view bytes, std::size_t piece) {
    MessageAssembler assembler(100);
    std::vector<std::string> texts;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        assembler.feed(bytes.substr(0, piece));
        while (const auto message = assembler.next_line()) texts.push_back(message->text);
    }
    if (const auto last = assembler.take_rest(Ending::end)) texts.push_back(last->text);
    return texts;
}

TEST(MessageAssembler, GivesTheSameMessagesForAnySegmentation) {
    const auto bytes = "one\r\n\ntwo\0\0\0\nth\rree\n  four"sv;
    const std::vector<std::string> expected{"one", "", "two", "th\rree", "  four"};
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{5}, bytes.size()})
        EXPECT_EQ(assembled(bytes, piece), expected) << piece;
}

TEST(MessageAssembler, KnowsWhenAMessageIsTooLong) {
    MessageAssembler assembler(4);
    assembler.feed("1234\n");
    ASSERT_TRUE(assembler.next_line());
    assembler.feed("12345");
    EXPECT_FALSE(assembler.next_line());
    EXPECT_TRUE(assembler.too_long());
}

TEST(MessageAssembler, RefusesALongMessageAlsoWhenItsEndIsThere) {
    MessageAssembler assembler(4);
    assembler.feed("12345\n");
    EXPECT_FALSE(assembler.next_line());
    EXPECT_TRUE(assembler.too_long());
}

awaitable<void> speak(Stream stream) {
    (void)co_await stream.write("naive");
    co_await pause(150ms);
    (void)co_await stream.write("line\nrest");
    co_await stream.finish();
}

awaitable<void> listen(Stream stream, std::vector<Message>& heard, error_code& end) {
    MessageReader reader(stream, Gap::fixed(40ms), 100);
    for (;;) {
        auto message = co_await reader.next();
        end = message.error();
        if (!message) break;
        heard.push_back(*std::move(message));
    }
    co_await stream.finish();
}

TEST(MessageReader, EndsAMessageAtAGapAtALineFeedAndAtTheEnd) {
    std::vector<Message> heard;
    error_code end;
    const auto server = [&](Stream stream) { return listen(std::move(stream), heard, end); };
    test::converse(server, {}, speak, {});
    ASSERT_EQ(heard.size(), 3u);
    EXPECT_EQ(heard[0].text, "naive");
    EXPECT_EQ(heard[0].ending, Ending::gap);
    EXPECT_EQ(heard[1].text, "line");
    EXPECT_EQ(heard[1].ending, Ending::line_feed);
    EXPECT_EQ(heard[2].text, "rest");
    EXPECT_EQ(end, asio::error::eof);
}

awaitable<void> speak_without_end(Stream stream) {
    const std::string text(200, 'x');
    (void)co_await stream.write(text);
    co_await stream.finish();
}

TEST(MessageReader, RefusesAMessageWithoutEnd) {
    std::vector<Message> heard;
    error_code end;
    const auto server = [&](Stream stream) { return listen(std::move(stream), heard, end); };
    test::converse(server, {}, speak_without_end, {});
    EXPECT_EQ(end, Errc::message_too_long);
}

TEST(Gap, IsReadAsItIsWritten) {
    Gap gap;
    EXPECT_EQ(to_string(gap), "learned");
    for (const auto* text : {"off", "30", "2000"}) {
        EXPECT_TRUE(parse_value(text, gap)) << text;
        EXPECT_EQ(to_string(gap), text);
    }
    EXPECT_TRUE(parse_value("2s", gap));
    EXPECT_EQ(to_string(gap), "2000");
    for (const auto* text : {"", "0", "-1", "30x", "on", "9999999999"})
        EXPECT_FALSE(parse_value(text, gap)) << text;
}

}  // namespace
}  // namespace nettool::net
