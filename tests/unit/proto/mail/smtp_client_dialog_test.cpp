#include "nettool/proto/mail/smtp_client_dialog.hpp"

#include "nettool/proto/web/base64.hpp"
#include "support/smtp_client.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::string_literals;
using test::ScriptedDialog;
using Next = SmtpClientDialog::Next;
using Tls = SmtpClientSettings::Tls;

SmtpClientSettings settings(Tls tls = Tls::if_offered) {
    SmtpClientSettings settings;
    settings.name = "me";
    settings.tls = tls;
    return settings;
}

SmtpClientSettings login(std::optional<LoginMechanism> mechanism = std::nullopt) {
    auto with_login = settings();
    with_login.login.emplace();
    with_login.login->user = "tim";
    with_login.login->secret = "secret";
    with_login.login->mechanism = mechanism;
    with_login.login->nonce = "nonce";
    with_login.shows_secrets = true;
    return with_login;
}

TEST(SmtpClientDialog, BeginsWithTheServersGreeting) {
    ScriptedDialog client(settings());
    EXPECT_EQ(client.dialog.next(), Next::reply);
    EXPECT_EQ(client.dialog.step(), SmtpStep::greeting);
    EXPECT_EQ(client.said(), "");
    EXPECT_EQ(client.after("220-host\r\n220 ESMTP\r\n"), "EHLO me|") << "C2";
    EXPECT_EQ(client.after("250 host\r\n"), "");
    EXPECT_EQ(client.dialog.next(), Next::mail);
    client.dialog.quit();
    EXPECT_EQ(client.said(), "QUIT|");
    EXPECT_EQ(client.after("221 bye\r\n"), "");
    EXPECT_EQ(client.dialog.next(), Next::closed);
    EXPECT_EQ(client.failure(), "none");
}

// C1: after such a greeting nothing but QUIT is said.
TEST(SmtpClientDialog, StopsAtABadGreeting) {
    struct Case {
        std::string greeting, said, failure;
        bool temporary;
    };
    for (const auto& [greeting, said, failure, temporary] : {
             Case{"554 5.7.1 no\r\n", "QUIT|", "refused greeting 554", false},
             Case{"500 no\r\n", "QUIT|", "refused greeting 500", false},
             Case{"450 later\r\n", "QUIT|", "refused greeting 450", true},
             Case{"421 busy\r\n", "", "refused greeting 421", true},
             Case{"221 bye\r\n", "", "malformed greeting 221", false},
             Case{"354 go\r\n", "", "malformed greeting 354", false},
             Case{"250 host\r\n", "", "malformed greeting 250", false},
         }) {
        ScriptedDialog client(settings());
        EXPECT_EQ(client.after(greeting), said) << greeting;
        EXPECT_EQ(client.failure(), failure);
        EXPECT_EQ(client.dialog.failure()->temporary, temporary) << greeting;
    }
}

// C3
TEST(SmtpClientDialog, FallsBackToHeloOnce) {
    for (const auto* reply : {"500", "501", "502", "504", "550"}) {
        ScriptedDialog client(settings());
        client.after("220 x\r\n");
        EXPECT_EQ(client.after(reply + " what\r\n"s), "HELO me|");
        EXPECT_EQ(client.after("250 x\r\n"), "");
        EXPECT_EQ(client.dialog.next(), Next::mail);
        EXPECT_EQ(client.dialog.capabilities(), SmtpCapabilities());
    }
    ScriptedDialog twice(settings());
    EXPECT_EQ(twice.after("220 x\r\n500 what\r\n500 what\r\n"), "EHLO me|HELO me|QUIT|");
    EXPECT_EQ(twice.failure(), "refused hello 500");
    ScriptedDialog refused(settings());
    EXPECT_EQ(refused.after("220 x\r\n554 go away\r\n"), "EHLO me|QUIT|");
    EXPECT_EQ(refused.failure(), "refused hello 554");
}

TEST(SmtpClientDialog, DoesNotFallBackWhereThatWouldBeADowngrade) {
    ScriptedDialog tls(settings(Tls::always));
    EXPECT_EQ(tls.after("220 x\r\n500 what\r\n"), "EHLO me|QUIT|");
    EXPECT_EQ(tls.failure(), "insecure hello 500");
    ScriptedDialog auth(login());
    EXPECT_EQ(auth.after("220 x\r\n500 what\r\n"), "EHLO me|QUIT|");
    EXPECT_EQ(auth.failure(), "insecure hello 500");
}

SmtpCapabilities capabilities(const std::string& lines) {
    SmtpReplyReader reader;
    std::string_view left(lines);
    reader.feed(left);
    return parse_capabilities(reader.take());
}

// C4
TEST(SmtpClientDialog, UnderstandsWhatServersOffer) {
    const auto usual = capabilities(
        "250-host\r\n250-PIPELINING\r\n250-SIZE 32\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
        "250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n");
    EXPECT_TRUE(usual.pipelining && usual.eight_bit && usual.utf8 && usual.start_tls && usual.size);
    EXPECT_EQ(usual.max_size, 32U);
    EXPECT_EQ(usual.mechanisms, std::vector({"PLAIN"s, "LOGIN"s}));
    const auto odd = capabilities(
        "250-PIPELINING\r\n250-starttls\r\n250-  size  \r\n250-AUTH=LOGIN plain\r\n"
        "250-auth  login   CRAM-MD5\r\n250 8bitmime \r\n");
    EXPECT_FALSE(odd.pipelining) << "the first line is a name";
    EXPECT_TRUE(odd.start_tls && odd.size && odd.eight_bit);
    EXPECT_EQ(odd.max_size, 0U);
    EXPECT_EQ(odd.mechanisms, std::vector({"LOGIN"s, "PLAIN"s, "CRAM-MD5"s}));
    EXPECT_EQ(capabilities("250-x\r\n250 SIZE 99999999999999999999\r\n").max_size, 0U);
}

TEST(SmtpClientDialog, StartsTlsAndForgetsWhatWasSaidBefore) {
    ScriptedDialog client(settings());
    EXPECT_EQ(client.after("220 x\r\n250-x\r\n250-PIPELINING\r\n250 STARTTLS\r\n"),
              "EHLO me|STARTTLS|");
    EXPECT_EQ(client.after("220 go\r\n"), "");
    EXPECT_EQ(client.dialog.next(), Next::start_tls);
    client.dialog.on_tls(true);
    EXPECT_FALSE(client.dialog.may_pipeline());
    EXPECT_EQ(client.said(), "EHLO me|");
    EXPECT_EQ(client.after("250-x\r\n250 STARTTLS\r\n"), "") << "not a second time";
    EXPECT_EQ(client.dialog.next(), Next::mail);
}

// C6
TEST(SmtpClientDialog, SaysNothingMoreWithoutTheTlsThatIsRequired) {
    for (const auto& [replies, failure] : {
             std::pair("220 x\r\n250 x\r\n"s, "insecure starttls 0"s),
             std::pair("220 x\r\n250-x\r\n250 STARTTLS\r\n454 not now\r\n"s,
                       "insecure starttls 454"s),
             std::pair("220 x\r\n250-x\r\n250 STARTTLS\r\n502 what\r\n"s, "insecure starttls 502"s),
         }) {
        ScriptedDialog client(settings(Tls::always));
        const auto said = client.after(replies);
        EXPECT_TRUE(said.ends_with("|QUIT|")) << said;
        EXPECT_EQ(said.find("AUTH"), said.npos);
        EXPECT_EQ(said.find("MAIL"), said.npos);
        EXPECT_EQ(client.failure(), failure);
    }
    ScriptedDialog opportunistic(settings());
    opportunistic.after("220 x\r\n250-x\r\n250 STARTTLS\r\n454 not now\r\n");
    EXPECT_EQ(opportunistic.dialog.next(), Next::mail);
    ScriptedDialog never(settings(Tls::never));
    EXPECT_EQ(never.after("220 x\r\n250-x\r\n250 STARTTLS\r\n"), "EHLO me|");
}

TEST(SmtpClientDialog, SendsNoPasswordToWhoMayBeAnybody) {
    auto clear = login();
    clear.shows_secrets = false;
    ScriptedDialog client(clear);
    EXPECT_EQ(client.after("220 x\r\n250-x\r\n250 AUTH PLAIN CRAM-MD5\r\n"), "EHLO me|QUIT|");
    EXPECT_EQ(client.failure(), "insecure auth 0");
    for (const bool known : {false, true}) {
        ScriptedDialog secured(clear);
        secured.after("220 x\r\n250-x\r\n250 STARTTLS\r\n220 go\r\n");
        secured.dialog.on_tls(known);
        secured.said();
        const auto said = secured.after("250-x\r\n250 AUTH PLAIN\r\n");
        EXPECT_EQ(said, known ? "AUTH PLAIN " + base64("\0tim\0secret"s) + "|" : "QUIT|");
    }
}

// C8
TEST(SmtpClientDialog, LogsIn) {
    ScriptedDialog plain(login());
    EXPECT_EQ(plain.after("220 x\r\n250-x\r\n250 AUTH PLAIN LOGIN\r\n"),
              "EHLO me|AUTH PLAIN " + base64("\0tim\0secret"s) + "|");
    EXPECT_EQ(plain.after("235 ok\r\n"), "");
    EXPECT_EQ(plain.dialog.next(), Next::mail);
    EXPECT_EQ(plain.dialog.logged_in(), LoginMechanism::plain);
    ScriptedDialog two_steps(login(LoginMechanism::login));
    two_steps.after("220 x\r\n");
    EXPECT_EQ(two_steps.after("250-x\r\n250 AUTH PLAIN LOGIN\r\n"), "AUTH LOGIN|");
    EXPECT_EQ(two_steps.after("334 VXNlcm5hbWU6\r\n"), base64("tim") + "|");
    EXPECT_EQ(two_steps.after("334 UGFzc3dvcmQ6\r\n"), base64("secret") + "|");
    EXPECT_EQ(two_steps.after("535 5.7.8 no\r\n"), "QUIT|");
    EXPECT_EQ(two_steps.failure(), "refused auth 535");
    EXPECT_EQ(two_steps.dialog.failure()->enhanced, "5.7.8");
}

TEST(SmtpClientDialog, TriesAnotherMechanismOnce) {
    ScriptedDialog client(login());
    client.after("220 x\r\n");
    EXPECT_EQ(client.after("250-x\r\n250 AUTH LOGIN PLAIN CRAM-MD5\r\n"), "AUTH CRAM-MD5|");
    EXPECT_TRUE(client.after("504 what\r\n").starts_with("AUTH PLAIN "));
    EXPECT_EQ(client.after("535 no\r\n"), "QUIT|") << "no third time";
    ScriptedDialog later(login());
    later.after("220 x\r\n250-x\r\n250 AUTH LOGIN PLAIN\r\n");
    EXPECT_EQ(later.after("454 4.7.0 not now\r\n"), "QUIT|");
    EXPECT_TRUE(later.dialog.failure()->temporary);
}

TEST(SmtpClientDialog, SaysASecretThatIsTooLongForALineLater) {
    auto long_secret = login();
    long_secret.login->secret.assign(12'000, 'x');
    ScriptedDialog client(long_secret);
    EXPECT_EQ(client.after("220 x\r\n250-x\r\n250 AUTH PLAIN\r\n"), "EHLO me|AUTH PLAIN|");
    EXPECT_EQ(client.after("334 \r\n").size(), base64(std::string(12'005, 'x')).size() + 1);
}

TEST(SmtpClientDialog, CancelsWhatMakesNoSense) {
    ScriptedDialog client(login(LoginMechanism::scram_sha_256));
    client.after("220 x\r\n250-x\r\n250 AUTH SCRAM-SHA-256 PLAIN\r\n");
    EXPECT_EQ(client.after("334 " + base64("r=other,s=AAAA,i=4096") + "\r\n"), "*|");
    EXPECT_EQ(client.after("501 cancelled\r\n"), "QUIT|") << "an impostor gets no PLAIN";
    EXPECT_EQ(client.failure(), "insecure auth 0");
    ScriptedDialog endless(login(LoginMechanism::plain));
    endless.after("220 x\r\n250-x\r\n250 AUTH PLAIN\r\n");
    EXPECT_EQ(endless.after("334 \r\n"), "*|");
    EXPECT_EQ(endless.after("334 \r\n"), "");
    EXPECT_EQ(endless.failure(), "malformed auth 334");
    ScriptedDialog unproven(login(LoginMechanism::scram_sha_256));
    unproven.after("220 x\r\n250-x\r\n250 AUTH SCRAM-SHA-256\r\n");
    EXPECT_EQ(unproven.after("235 come in\r\n"), "QUIT|");
    EXPECT_EQ(unproven.failure(), "insecure auth 0");
}

TEST(SmtpClientDialog, CannotLogInWhereNobodyAsks) {
    ScriptedDialog none(login());
    EXPECT_EQ(none.after("220 x\r\n250 x\r\n"), "EHLO me|QUIT|");
    EXPECT_EQ(none.failure(), "refused auth 0");
    ScriptedDialog other(login(LoginMechanism::cram_md5));
    EXPECT_EQ(other.after("220 x\r\n250-x\r\n250 AUTH PLAIN\r\n"), "EHLO me|QUIT|");
    EXPECT_EQ(other.dialog.failure()->text, "the server does not offer CRAM-MD5, only PLAIN");
}

}  // namespace
}  // namespace nettool::proto
