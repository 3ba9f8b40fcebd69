#include "nettool/proto/mail/mail_data.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::string_literals;

struct Read {
    std::string content;
    std::string left;
    bool ended = false;
    DataDefects defects;

    bool operator==(const Read&) const = default;
};

Read read(const std::string& text, std::size_t step) {
    MailDataReader reader;
    Read read;
    const MailDataReader::Sink sink = [&read](std::string_view piece) { read.content += piece; };
    for (std::size_t at = 0; at < text.size() && !read.ended; at += step) {
        auto piece = std::string_view(text).substr(at, step);
        read.ended = reader.feed(piece, sink);
        if (read.ended)
            read.left = std::string(piece) + text.substr(std::min(at + step, text.size()));
    }
    read.defects = reader.defects();
    EXPECT_EQ(reader.size(), read.content.size());
    return read;
}

// However it is cut, it is the same.
Read read(const std::string& text) {
    const auto whole = read(text, text.size());
    for (const std::size_t step : {1U, 2U, 3U, 5U}) EXPECT_EQ(read(text, step), whole) << text;
    return whole;
}

TEST(MailData, EndsWithADotAlone) {
    const auto mail = read("Subject: x\r\n\r\nhello\r\n.\r\nQUIT\r\n");
    EXPECT_TRUE(mail.ended);
    EXPECT_EQ(mail.content, "Subject: x\r\n\r\nhello\r\n");
    EXPECT_EQ(mail.left, "QUIT\r\n");
    EXPECT_EQ(mail.defects, DataDefects{});
    EXPECT_EQ(read(".\r\n").content, "") << "an empty message";
    EXPECT_TRUE(read(".\r\n").ended);
}

TEST(MailData, LosesItsExtraDots) {
    EXPECT_EQ(read("..a\r\n...b\r\n..\r\n.\r\n").content, ".a\r\n..b\r\n.\r\n");
}

// What one server takes for the end and another does not is how messages are smuggled in
// (CVE-2023-51764 and its like).
TEST(MailData, EndsNowhereElse) {
    for (const auto& fake :
         {"\n.\n"s, "\n.\r"s, "\r.\n"s, "\r.\r"s, "\n.\r\n"s, "\r.\r\n"s, "\r\n.\n"s,
          "\r\n.\r\r\n"s, "\r\n\0.\r\n"s, "\r\n.\0\r\n"s, "\r\n.\rx"s}) {
        const auto mail = read("a" + fake + "MAIL FROM:<evil@x>\r\n.\r\n");
        EXPECT_TRUE(mail.ended) << fake;
        EXPECT_TRUE(mail.content.find("MAIL FROM:<evil@x>") != std::string::npos) << fake;
        EXPECT_NE(mail.defects, DataDefects{}) << fake;
        EXPECT_EQ(mail.left, "");
    }
    EXPECT_FALSE(read("a\r\n.\n").ended);
}

TEST(MailData, CountsItsDefects) {
    const auto mail = read("a\nb\rc\0\xc3\xa4\r\n"s + std::string(998, 'x') + "\r\n" +
                           std::string(999, 'y') + "\r\n.\r\n");
    EXPECT_EQ(mail.defects, (DataDefects{1, 1, 1, 1, 2}));
}

std::string written(const std::string& text, std::size_t step) {
    MailDataWriter writer;
    std::string wire;
    for (std::size_t at = 0; at < text.size(); at += step)
        writer.feed(std::string_view(text).substr(at, step), wire);
    writer.finish(wire);
    return wire;
}

TEST(MailData, IsWritten) {
    EXPECT_EQ(written("a\r\n.b\r\n", 99), "a\r\n..b\r\n.\r\n");
    EXPECT_EQ(written("a", 99), "a\r\n.\r\n");
    EXPECT_EQ(written(".", 99), "..\r\n.\r\n");
    EXPECT_EQ(written("", 99), ".\r\n");
    EXPECT_EQ(written("a\n.b\rc\r", 99), "a\r\n..b\r\nc\r\n.\r\n");
    EXPECT_EQ(written("a\r.b", 99), "a\r\n..b\r\n.\r\n");
}

TEST(MailData, IsReadAsItWasWritten) {
    for (const auto* text : {"", ".\r\n", "..\r\n.\r\n", "a\r\n.\r\nb\r\n", "\r\n.x\r\n"})
        for (const std::size_t step : {1U, 2U, 99U}) {
            const auto mail = read(written(text, step));
            EXPECT_TRUE(mail.ended);
            EXPECT_EQ(mail.content, text);
            EXPECT_EQ(mail.left, "");
        }
}

}  // namespace
}  // namespace nettool::proto
