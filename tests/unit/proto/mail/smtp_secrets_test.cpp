#include "nettool/proto/mail/smtp_secrets.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

TEST(SmtpSecrets, ShowsWhatIsNoSecret) {
    SmtpSecrets secrets;
    EXPECT_EQ(secrets.server("220 host\r\n"), "220 host\r\n");
    EXPECT_EQ(secrets.client("EHLO me\r\nMAIL FROM:<a@b>\r\n"), "EHLO me\r\nMAIL FROM:<a@b>\r\n");
    EXPECT_EQ(secrets.server("334 strange\r\n"), "334 strange\r\n");
    EXPECT_EQ(secrets.client("hello\r\n"), "hello\r\n") << "nobody was asked for a secret";
    EXPECT_EQ(secrets.client("author of this\r\n"), "author of this\r\n");
}

TEST(SmtpSecrets, RedactsTheArgumentOfAuth) {
    SmtpSecrets secrets;
    EXPECT_EQ(secrets.client("EHLO me\r\nAUTH PLAIN AHRpbQBzZWNyZXQ=\r\n"),
              "EHLO me\r\nAUTH PLAIN <redacted 16 bytes>\r\n");
    secrets.server("235 2.7.0 ok\r\n");
    EXPECT_EQ(secrets.client("QUIT\r\n"), "QUIT\r\n");
    EXPECT_EQ(secrets.client("AUTH\tPLAIN\tAHRpbQ==\r\n"), "AUTH\tPLAIN\t<redacted 8 bytes>\r\n");
    secrets.server("535 no\r\n");
    EXPECT_EQ(secrets.client(" auth\r\n"), " auth\r\n");
    secrets.server("501 how?\r\n");
    EXPECT_EQ(secrets.client("  aUtH  plain  AHRpbQ==\r\n"),
              "  aUtH  plain  <redacted 8 bytes>\r\n");
}

TEST(SmtpSecrets, RedactsAnswersToChallenges) {
    SmtpSecrets secrets;
    EXPECT_EQ(secrets.client("AUTH LOGIN\r\n"), "AUTH LOGIN\r\n");
    secrets.server("334 VXNlcm5hbWU6\r\n");
    EXPECT_EQ(secrets.client("dGlt\r\n"), "<redacted 4 bytes>\r\n");
    secrets.server("334 UGFzc3dvcmQ6\r\n");
    EXPECT_EQ(secrets.client("c2VjcmV0\r\n"), "<redacted 8 bytes>\r\n");
    secrets.server("235 2.7.0 ok\r\n");
    EXPECT_EQ(secrets.client("MAIL FROM:<a@b>\r\n"), "MAIL FROM:<a@b>\r\n");
}

TEST(SmtpSecrets, RedactsWhatIsSaidBeforeItIsAskedFor) {
    SmtpSecrets secrets;
    EXPECT_EQ(secrets.client("AUTH LOGIN\r\ndGlt\r\nc2VjcmV0\r\n"),
              "AUTH LOGIN\r\n<redacted 4 bytes>\r\n<redacted 8 bytes>\r\n");
    secrets.server("334 x\r\n334 y\r\n235 ok\r\n");
    EXPECT_EQ(secrets.client("NOOP\r\n"), "NOOP\r\n");
}

TEST(SmtpSecrets, ShowsLongLinesOfMessages) {
    SmtpSecrets secrets;
    const auto line = std::string(900, 'x') + "\r\n";
    EXPECT_EQ(secrets.client(line), line);
}

TEST(SmtpSecrets, RedactsWhateverTheCuts) {
    SmtpSecrets secrets;
    std::string shown;
    for (const char c : std::string("AUTH PLAIN AHRpbQBzZWNyZXQ=\r\n"))
        shown += secrets.client({&c, 1});
    EXPECT_EQ(shown.find("AHRp"), shown.npos) << shown;
    EXPECT_EQ(shown.find("Hello"), shown.npos);
    EXPECT_EQ(shown.substr(0, 11), "AUTH PLAIN ");
    for (const char c : std::string("334 \r\n")) secrets.server({&c, 1});
    std::string answer;
    for (const char c : std::string("c2VjcmV0\r\n")) answer += secrets.client({&c, 1});
    EXPECT_EQ(answer.find('c'), answer.find("cted")) << answer;
}

TEST(SmtpSecrets, DoesNotShowWhatHidesBehindALongLine) {
    SmtpSecrets secrets;
    const auto shown = secrets.client("AUTH " + std::string(1000, 'x') + " AHRpbQBzZWNyZXQ=\r\n");
    EXPECT_EQ(shown.find("AHRp"), shown.npos);
}

}  // namespace
}  // namespace nettool::proto
