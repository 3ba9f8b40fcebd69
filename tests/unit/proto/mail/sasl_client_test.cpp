#include "nettool/proto/mail/sasl_client.hpp"

#include "nettool/proto/mail/sasl_server.hpp"
#include "nettool/proto/web/base64.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::string_literals;
using enum LoginMechanism;

Login tim() {
    Login login;
    login.user = "tim";
    login.secret = "tanstaaftanstaaf";
    login.nonce = "fyko+d2lbbFgONRv9qkxdawL";
    return login;
}

std::string names(const std::vector<LoginMechanism>& mechanisms) {
    std::string text;
    for (const auto mechanism : mechanisms) text += std::string(to_string(mechanism)) + " ";
    return text;
}

// Rule C8.
TEST(SaslClient, ChoosesTheBestMechanism) {
    const std::vector<std::string> all = {"login",    "PLAIN",         "XOAUTH2",
                                          "CRAM-MD5", "SCRAM-SHA-256", "NTLM"};
    EXPECT_EQ(names(usable_mechanisms(tim(), all, false)), "SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN ");
    EXPECT_EQ(names(usable_mechanisms(tim(), all, true)), "SCRAM-SHA-256 PLAIN LOGIN CRAM-MD5 ");
    EXPECT_EQ(names(usable_mechanisms(tim(), {"LOGIN"}, true)), "LOGIN ");
    EXPECT_EQ(names(usable_mechanisms(tim(), {"NTLM"}, true)), "");
    auto wanted = tim();
    wanted.mechanism = xoauth2;
    EXPECT_EQ(names(usable_mechanisms(wanted, all, false)), "XOAUTH2 ");
    EXPECT_EQ(names(usable_mechanisms(wanted, {"PLAIN"}, true)), "");
}

TEST(SaslClient, SaysPlainAtOnce) {
    SaslClient client(plain, tim());
    EXPECT_EQ(client.initial(), base64("\0tim\0tanstaaftanstaaf"s));
    EXPECT_EQ(client.answer(""), "*") << "there is no more to say";
    SaslClient asked(plain, tim());
    EXPECT_EQ(asked.answer(""), base64("\0tim\0tanstaaftanstaaf"s));
}

TEST(SaslClient, AnswersThePromptsOfLogin) {
    SaslClient client(login, tim());
    EXPECT_EQ(client.initial(), std::nullopt);
    EXPECT_EQ(client.answer("VXNlcm5hbWU6"), base64("tim"));
    EXPECT_EQ(client.answer("Password:"), base64("tanstaaftanstaaf")) << "not even encoded";
    EXPECT_EQ(client.answer("VXNlcm5hbWU6"), "*");
}

// The example of RFC 2195 §2.
TEST(SaslClient, AnswersCramMd5) {
    SaslClient client(cram_md5, tim());
    EXPECT_EQ(client.initial(), std::nullopt);
    EXPECT_EQ(client.answer("PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+"),
              "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw");
    EXPECT_EQ(SaslClient(cram_md5, tim()).answer("no base64!"), "*");
}

TEST(SaslClient, IsLetInByOurOwnServer) {
    for (const auto& [ours, theirs] :
         {std::pair(plain, SaslMechanism::plain), std::pair(login, SaslMechanism::login),
          std::pair(cram_md5, SaslMechanism::cram_md5)}) {
        SaslUsers users;
        users.password_of = [](std::string_view) { return std::optional("tanstaaftanstaaf"s); };
        SaslServer server(theirs, users, "<1@host>");
        SaslClient client(ours, tim());
        auto step = server.begin(client.initial().value_or(""));
        while (step.verdict == SaslServer::Verdict::challenge)
            step = server.answer(client.answer(step.challenge));
        EXPECT_EQ(step.verdict, SaslServer::Verdict::accepted) << to_string(ours);
    }
}

TEST(SaslClient, AnswersTheErrorOfXoauth2WithAnEmptyLine) {
    auto bearer = tim();
    bearer.secret = "token";
    SaslClient client(xoauth2, bearer);
    EXPECT_EQ(client.initial(), base64("user=tim\x01"
                                       "auth=Bearer token\x01\x01"));
    EXPECT_EQ(client.answer("eyJzdGF0dXMiOiI0MDEifQ=="), "");
    EXPECT_EQ(client.answer(""), "*");
}

// The example of RFC 7677 §3.
constexpr std::string_view server_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr std::string_view server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

Login pencil() {
    Login login;
    login.user = "user";
    login.secret = "pencil";
    login.nonce = "rOprNGfwEbeRWgbNEkqO";
    return login;
}

TEST(SaslClient, SpeaksScram) {
    SaslClient client(scram_sha_256, pencil());
    EXPECT_EQ(client.initial(), base64("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
    EXPECT_EQ(client.answer(base64(server_first)),
              base64("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                     "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
    EXPECT_FALSE(client.may_succeed()) << "the server has proven nothing yet";
    EXPECT_EQ(client.answer(base64(server_final)), "");
    EXPECT_TRUE(client.may_succeed());
}

TEST(SaslClient, BelievesNoServerThatDoesNotKnowThePassword) {
    SaslClient client(scram_sha_256, pencil());
    (void)client.initial();
    (void)client.answer(base64(server_first));
    EXPECT_EQ(client.answer(base64("v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")), "*");
    EXPECT_FALSE(client.may_succeed());
}

TEST(SaslClient, CancelsAScramThatBreaksTheRules) {
    for (const std::string first : {
             "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
             "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
             "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1",
             "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4294967295",
             "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096",
             "r=rOprNGfwEbeRWgbNEkqOx,i=4096",
             "",
             "e=unknown-user",
         }) {
        SaslClient client(scram_sha_256, pencil());
        (void)client.initial();
        EXPECT_EQ(client.answer(base64(first)), "*") << first;
        EXPECT_FALSE(client.may_succeed());
    }
}

TEST(SaslClient, EscapesNamesForScram) {
    EXPECT_EQ(ScramClient("a=b,c", "x", "n").first(), "n,,n=a=3Db=2Cc,r=n");
}

}  // namespace
}  // namespace nettool::proto
