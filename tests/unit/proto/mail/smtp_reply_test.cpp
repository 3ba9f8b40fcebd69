#include "nettool/proto/mail/smtp_reply.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using Status = SmtpReplyReader::Status;

// Fed whole, and byte by byte.
Status status_of(const std::string& text, SmtpReply* reply = nullptr) {
    SmtpReplyReader whole, slow;
    std::string_view all(text);
    const auto status = whole.feed(all);
    auto last = Status::more;
    for (std::size_t i = 0; i < text.size() && last == Status::more; ++i) {
        auto one = std::string_view(text).substr(i, 1);
        last = slow.feed(one);
    }
    EXPECT_EQ(last, status) << text;
    if (reply && status == Status::whole) *reply = whole.take();
    return status;
}

TEST(SmtpReply, IsPutTogether) {
    SmtpReply reply;
    EXPECT_EQ(status_of("250 ok\r\n", &reply), Status::whole);
    EXPECT_EQ(reply, (SmtpReply{250, {"ok"}}));
    EXPECT_EQ(status_of("250-a\r\n250-b c\r\n250 \r\n", &reply), Status::whole);
    EXPECT_EQ(reply, (SmtpReply{250, {"a", "b c", ""}}));
    EXPECT_EQ(status_of("354\n", &reply), Status::whole) << "some send it without a blank";
    EXPECT_EQ(status_of("250-a\r\n"), Status::more);
}

TEST(SmtpReply, LeavesTheNextOneAlone) {
    SmtpReplyReader reader;
    std::string_view text = "250 one\r\n354 two\r\n";
    EXPECT_EQ(reader.feed(text), Status::whole);
    EXPECT_EQ(reader.take().lines.front(), "one");
    EXPECT_EQ(text, "354 two\r\n");
    EXPECT_EQ(reader.feed(text), Status::whole);
    EXPECT_EQ(reader.take().code, 354U);
}

TEST(SmtpReply, IsMalformedOtherwise) {
    for (const auto* text :
         {"\r\n", "25 ok\r\n", "2500 ok\r\n", "abc\r\n", "250_ok\r\n", "199 x\r\n", "600 x\r\n",
          "260 x\r\n", "250-a\r\n251 b\r\n", "HTTP/1.1 200 OK\r\n"})
        EXPECT_EQ(status_of(text), Status::malformed) << text;
}

TEST(SmtpReply, IsBounded) {
    EXPECT_EQ(status_of("250 " + std::string(5000, 'x')), Status::too_long);
    std::string endless;
    for (int i = 0; i < 1001; ++i) endless += "250-x\r\n";
    EXPECT_EQ(status_of(endless), Status::too_long);
}

TEST(SmtpReply, HasAnEnhancedCode) {
    EXPECT_EQ((SmtpReply{535, {"5.7.8 wrong", "5.7.8 password"}}).enhanced(), "5.7.8");
    EXPECT_EQ((SmtpReply{535, {"5.7.8 wrong", "5.7.8 password"}}).text(), "wrong password");
    EXPECT_EQ((SmtpReply{250, {"5.7.8 wrong"}}).enhanced(), "") << "of another class";
    EXPECT_EQ((SmtpReply{250, {"2.1"}}).enhanced(), "");
    EXPECT_EQ((SmtpReply{220, {"1.2.3.4 ready"}}).enhanced(), "");
}

TEST(SmtpReply, GoesOverTheWire) {
    EXPECT_EQ(to_wire({250, {"host", "SIZE 1", "HELP"}}), "250-host\r\n250-SIZE 1\r\n250 HELP\r\n");
    EXPECT_EQ(to_wire({550, {"no\r\n250 yes"}}), "550 no??250 yes\r\n");
}

}  // namespace
}  // namespace nettool::proto
