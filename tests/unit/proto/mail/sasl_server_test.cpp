#include "nettool/proto/mail/sasl_server.hpp"

#include "nettool/proto/web/base64.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::string_literals;
using Verdict = SaslServer::Verdict;

SaslServer server(SaslMechanism mechanism, bool anybody = false) {
    SaslUsers users;
    users.password_of = [](std::string_view user) {
        return user == "tim" ? std::optional("tanstaaftanstaaf"s) : std::nullopt;
    };
    users.anybody = anybody;
    return {mechanism, users, "<1896.697170952@postoffice.reston.mci.net>"};
}

TEST(Sasl, KnowsItsMechanisms) {
    EXPECT_EQ(parse_sasl_mechanism("plain"), SaslMechanism::plain);
    EXPECT_EQ(parse_sasl_mechanism("CRAM-MD5"), SaslMechanism::cram_md5);
    EXPECT_FALSE(parse_sasl_mechanism("EXTERNAL"));
}

TEST(Sasl, AcceptsPlain) {
    const auto right = base64("\0tim\0tanstaaftanstaaf"s);
    EXPECT_EQ(server(SaslMechanism::plain).begin(right).verdict, Verdict::accepted);
    auto asked = server(SaslMechanism::plain);
    const auto step = asked.begin("");
    EXPECT_EQ(step.verdict, Verdict::challenge);
    EXPECT_EQ(step.challenge, "");
    EXPECT_EQ(asked.answer(right).verdict, Verdict::accepted);
    EXPECT_EQ(asked.user(), "tim");
    EXPECT_EQ(server(SaslMechanism::plain).begin(base64("\0tim\0wrong"s)).verdict,
              Verdict::refused);
    EXPECT_EQ(server(SaslMechanism::plain).begin(base64("\0eve\0"s)).verdict, Verdict::refused)
        << "who is not known has no empty password";
    EXPECT_EQ(server(SaslMechanism::plain, true).begin(base64("\0eve\0x"s)).verdict,
              Verdict::accepted);
}

TEST(Sasl, AcceptsLogin) {
    auto login = server(SaslMechanism::login);
    EXPECT_EQ(login.begin("").challenge, "VXNlcm5hbWU6");
    EXPECT_EQ(login.answer(base64("tim")).challenge, "UGFzc3dvcmQ6");
    EXPECT_EQ(login.answer(base64("tanstaaftanstaaf")).verdict, Verdict::accepted);
    auto initial = server(SaslMechanism::login);
    EXPECT_EQ(initial.begin(base64("tim")).challenge, "UGFzc3dvcmQ6");
    EXPECT_EQ(initial.answer(base64("wrong")).verdict, Verdict::refused);
}

// The example of RFC 2195.
TEST(Sasl, AcceptsCramMd5) {
    auto cram = server(SaslMechanism::cram_md5);
    EXPECT_EQ(cram.begin("").challenge, "PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+");
    EXPECT_EQ(cram.answer("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw").verdict,
              Verdict::accepted);
    auto wrong = server(SaslMechanism::cram_md5);
    wrong.begin("");
    EXPECT_EQ(wrong.answer(base64("tim " + std::string(32, '0'))).verdict, Verdict::refused);
    EXPECT_EQ(server(SaslMechanism::cram_md5).begin("eA==").verdict, Verdict::malformed);
}

TEST(Sasl, MayBeCancelledAndMalformed) {
    for (const auto mechanism :
         {SaslMechanism::plain, SaslMechanism::login, SaslMechanism::cram_md5}) {
        auto one = server(mechanism);
        one.begin("");
        EXPECT_EQ(one.answer("*").verdict, Verdict::cancelled);
        EXPECT_EQ(one.answer("not base64").verdict, Verdict::malformed);
    }
    EXPECT_EQ(server(SaslMechanism::plain).begin("=").verdict, Verdict::malformed)
        << "an empty answer, and not the text =";
    EXPECT_EQ(server(SaslMechanism::plain).begin(base64("a\0b"s)).verdict, Verdict::malformed);
    EXPECT_EQ(server(SaslMechanism::plain).begin(base64("\0a\0b\0c"s)).verdict, Verdict::malformed);
}

// RFC 2202
TEST(Sasl, ComputesHmac) {
    EXPECT_EQ(hmac_md5("Jefe", "what do ya want for nothing?"), "750c783e6ab0b503eaa86e310a5db738");
    EXPECT_EQ(
        hmac_md5(std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
        "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
}

}  // namespace
}  // namespace nettool::proto
