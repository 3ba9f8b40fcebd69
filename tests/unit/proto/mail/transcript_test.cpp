#include "nettool/proto/mail/transcript.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

constexpr Transcript::Time now{};

TEST(Transcript, NumbersWhatIsSaid) {
    Transcript transcript;
    EXPECT_EQ(transcript.server("220 host ESMTP", now).speaker, 'S');
    const auto& line = transcript.client("EHLO me", now);
    EXPECT_EQ(line.number, 2U);
    EXPECT_EQ(line.speaker, 'C');
    EXPECT_EQ(line.text, "EHLO me");
    EXPECT_EQ(line.source, "RFC 5321 §4.1.1.1");
    EXPECT_EQ(transcript.server("250-host", now).meaning, "") << "the reply goes on";
    EXPECT_EQ(transcript.server("250 HELP", now).meaning, "done");
    EXPECT_EQ(transcript.message(12, now).text, "<message of 12 bytes>");
    EXPECT_EQ(transcript.secured("TLSv1.3", "AES", now).speaker, '*');
    EXPECT_EQ(transcript.lines().size(), 6U);
}

TEST(Transcript, HoldsNoSecret) {
    Transcript transcript;
    EXPECT_EQ(transcript.client("AUTH PLAIN AHRpbQBzZWNyZXQ=", now).text,
              "AUTH PLAIN <redacted 16 bytes>");
    transcript.server("535 5.7.8 no", now);
    EXPECT_EQ(transcript.client("auth login", now).text, "auth login");
    EXPECT_EQ(transcript.server("334 VXNlcm5hbWU6", now).text, "334 VXNlcm5hbWU6");
    EXPECT_EQ(transcript.client("dGlt", now).text, "<redacted 4 bytes>");
    transcript.server("334 UGFzc3dvcmQ6", now);
    EXPECT_EQ(transcript.client("c2VjcmV0", now).text, "<redacted 8 bytes>");
    transcript.server("235 2.7.0 ok", now);
    EXPECT_EQ(transcript.client("MAIL FROM:<a@b>", now).text, "MAIL FROM:<a@b>");
    transcript.client("AUTH CRAM-MD5", now);
    transcript.server("334 PDE+", now);
    EXPECT_EQ(transcript.client("*", now).text, "*");
    for (const auto& line : transcript.lines()) {
        EXPECT_EQ(line.text.find("AHRpbQBz"), std::string::npos);
        EXPECT_EQ(line.text.find("c2VjcmV0"), std::string::npos);
    }
}

TEST(Transcript, HoldsNoSecretHoweverItIsSaid) {
    Transcript transcript;
    EXPECT_EQ(transcript.client("AUTH\tPLAIN\tAHRpbQBzZWNyZXQ=", now).text,
              "AUTH\tPLAIN\t<redacted 16 bytes>");
    transcript.client("AUTH LOGIN", now);
    EXPECT_EQ(transcript.client("c2VjcmV0", now).text, "<redacted 8 bytes>") << "nobody asked yet";
    transcript.server("504 5.5.4 not that way", now);
    EXPECT_EQ(transcript.client("c2VjcmV0", now).text, "<redacted 8 bytes>") << "nobody will";
    EXPECT_EQ(transcript.client("NOOP", now).text, "NOOP");
    EXPECT_EQ(transcript.client("c2VjcmV0", now).text, "c2VjcmV0") << "some nonsense";
}

TEST(Transcript, KnowsRepliesItDoesNotKnow) {
    Transcript transcript;
    EXPECT_EQ(transcript.server("459 what", now).meaning, "not now; try again later");
    EXPECT_EQ(transcript.server("nonsense", now).meaning, "is no reply");
    EXPECT_EQ(transcript.client("FROB", now).meaning, "nobody knows what that means");
}

TEST(Transcript, ForgetsWhatLedToEarlierMessages) {
    Transcript transcript;
    transcript.end_mail();
    transcript.client("EHLO me", now);
    for (int i = 0; i < 3; ++i) {
        transcript.client("MAIL FROM:<a@b>", now);
        transcript.client("DATA", now);
        EXPECT_EQ(transcript.lines().size(), 3U);
        EXPECT_EQ(transcript.lines().front().text, "EHLO me") << "how it began stays";
        EXPECT_EQ(transcript.left_out(), i * 2U);
        transcript.end_mail();
    }
    EXPECT_EQ(transcript.client("QUIT", now).number, 8U);
}

TEST(Transcript, IsBounded) {
    Transcript transcript;
    const auto line = "NOOP " + std::string(2000, 'x');
    std::size_t most = 0;
    for (int i = 0; i < 10'000; ++i) {
        transcript.client(line, now);
        most = std::max(most, transcript.lines().size());
    }
    EXPECT_LT(most * line.size(), 300'000U);
    EXPECT_EQ(transcript.lines().size() + transcript.left_out(), 10'000U);
    EXPECT_EQ(transcript.lines().back().number, 10'000U) << "the end is what matters";
    transcript.client("MAIL FROM:<a@b>", now);
    EXPECT_EQ(transcript.lines().back().text, "MAIL FROM:<a@b>");
}

}  // namespace
}  // namespace nettool::proto
