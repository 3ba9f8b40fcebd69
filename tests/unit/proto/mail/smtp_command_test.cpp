#include "nettool/proto/mail/smtp_command.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

TEST(SmtpCommand, IsReadInAnyCase) {
    EXPECT_EQ(parse_smtp_command("ehlo x").verb, SmtpVerb::ehlo);
    EXPECT_EQ(parse_smtp_command("mAiL fRoM:<a@b>").argument, "fRoM:<a@b>");
    EXPECT_EQ(parse_smtp_command(" QUIT ").verb, SmtpVerb::quit);
    EXPECT_EQ(parse_smtp_command("STARTTLS").verb, SmtpVerb::starttls);
    EXPECT_EQ(parse_smtp_command("STARTTLSX").verb, SmtpVerb::unknown);
    EXPECT_EQ(parse_smtp_command("").verb, SmtpVerb::unknown);
    EXPECT_EQ(to_string(SmtpVerb::rcpt), "RCPT");
    EXPECT_EQ(to_string(SmtpVerb::unknown), "");
}

TEST(SmtpCommand, HasAnEnvelope) {
    const auto mail = parse_envelope("FROM:<a@b> size=10 BODY=8BITMIME SMTPUTF8", "FROM");
    ASSERT_TRUE(mail);
    EXPECT_EQ(to_string(mail->path), "a@b");
    EXPECT_EQ(mail->find("SIZE"), "10");
    EXPECT_EQ(mail->find("BODY"), "8BITMIME");
    EXPECT_EQ(mail->find("SMTPUTF8"), "");
    EXPECT_FALSE(mail->find("RET"));
    EXPECT_TRUE(parse_envelope("to: <c@d>", "TO")) << "a blank that many clients send";
    EXPECT_TRUE(parse_envelope("FROM:<>", "FROM")->path.is_null());
}

TEST(SmtpCommand, HasNoMalformedEnvelope) {
    for (const auto* text : {"", "FROM", "FROM<a@b>", "TO:<a@b>", "FROM:a@b", "FROM:<a@b>SIZE=1",
                             "FROM:<a@b> SIZE=", "FROM:<a@b> =1", "FROM:<a@b> SIZE=1=2",
                             "FROM:<a@b> SIZE=1 size=2", "FROM:<a@b> A\x01=2", "FROM:<a@b> -A"})
        EXPECT_FALSE(parse_envelope(text, "FROM")) << text;
}

TEST(SmtpCommand, DecodesXtext) {
    EXPECT_EQ(xtext_decoded("rfc822;a+2Bb@c"), "rfc822;a+b@c");
    EXPECT_FALSE(xtext_decoded("a+2"));
    EXPECT_FALSE(xtext_decoded("a+zz"));
}

}  // namespace
}  // namespace nettool::proto
