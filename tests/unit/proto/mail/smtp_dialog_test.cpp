#include "nettool/proto/mail/smtp_dialog.hpp"

#include "nettool/proto/web/base64.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace nettool::proto {
namespace {

using namespace std::string_literals;
using Next = SmtpDialog::Next;

class SmtpDialogTest : public testing::Test {
protected:
    static SmtpSettings settings() {
        SmtpSettings settings;
        settings.users.password_of = [](std::string_view user) {
            return user == "tim" ? std::optional("secret"s) : std::nullopt;
        };
        return settings;
    }

    // The code of the reply.
    unsigned say(std::string_view line) {
        last = dialog.on_line(line);
        const auto& reply = last.reply;
        // S36: the class of the enhanced code is that of the reply.
        if (!reply.enhanced().empty()) {
            EXPECT_EQ(reply.enhanced().substr(0, 1), std::to_string(reply.code / 100));
        }
        for (const auto& one : reply.lines) EXPECT_LE(one.size(), 506U);
        return reply.code;
    }
    bool offers(std::string_view keyword) const {
        return std::ranges::find(last.reply.lines, keyword) != last.reply.lines.end();
    }
    void begin_message() {
        EXPECT_EQ(say("EHLO me"), 250U);
        EXPECT_EQ(say("MAIL FROM:<a@b>"), 250U);
        EXPECT_EQ(say("RCPT TO:<c@d>"), 250U);
    }

    SmtpDialog dialog{settings()};
    SmtpDialog::Step last;
};

TEST_F(SmtpDialogTest, GreetsAndSaysWhatItCan) {
    EXPECT_EQ(dialog.greeting().code, 220U);
    EXPECT_EQ(say("EHLO me.example"), 250U);
    for (const auto* keyword :
         {"PIPELINING", "SIZE 67108864", "8BITMIME", "CHUNKING", "SMTPUTF8", "DSN",
          "ENHANCEDSTATUSCODES", "STARTTLS", "AUTH PLAIN LOGIN CRAM-MD5"})
        EXPECT_TRUE(offers(keyword)) << keyword;
    EXPECT_EQ(say("HELO me"), 250U);
    EXPECT_EQ(last.reply.lines.size(), 1U) << "HELO has one line and no keywords";
    EXPECT_EQ(say("EHLO"), 501U);
    EXPECT_EQ(say("HELO two words"), 501U);
}

TEST_F(SmtpDialogTest, TakesAMessage) {
    begin_message();
    EXPECT_EQ(say("DATA"), 354U);
    EXPECT_EQ(last.next, Next::data);
    EXPECT_EQ(to_string(dialog.envelope().from), "a@b");
    last = dialog.on_message("1", std::nullopt);
    EXPECT_EQ(last.reply.code, 250U);
    EXPECT_FALSE(dialog.has_envelope());
    EXPECT_EQ(say("MAIL FROM:<a@b>"), 250U) << "another one";
    EXPECT_EQ(say("QUIT"), 221U);
    EXPECT_EQ(last.next, Next::close);
}

TEST_F(SmtpDialogTest, KeepsTheOrder) {
    EXPECT_EQ(say("MAIL FROM:<a@b>"), 503U);
    EXPECT_EQ(say("EHLO me"), 250U);
    EXPECT_EQ(say("RCPT TO:<c@d>"), 503U);
    EXPECT_EQ(say("DATA"), 503U);
    EXPECT_EQ(say("MAIL FROM:<a@b>"), 250U);
    EXPECT_EQ(say("MAIL FROM:<a@b>"), 503U);
    EXPECT_EQ(say("DATA"), 503U) << "nobody is to get it";
    EXPECT_EQ(say("RCPT TO:<c@d>"), 250U);
    EXPECT_EQ(say("MAIL FROM:<a@b>"), 503U);
    EXPECT_EQ(say("EHLO me"), 250U);
    EXPECT_EQ(say("DATA"), 503U) << "EHLO forgets the message";
    EXPECT_EQ(say("MAIL FROM:<a@b>"), 250U);
    EXPECT_EQ(say("RSET"), 250U);
    EXPECT_EQ(say("MAIL FROM:<a@b>"), 250U) << "RSET keeps EHLO";
}

TEST_F(SmtpDialogTest, ReadsCommandsAsTheyCome) {
    EXPECT_EQ(say("ehlo x"), 250U);
    EXPECT_EQ(say("mAiL fRoM:<>"), 250U) << "no sender is one";
    EXPECT_EQ(say("rcpt to:<Postmaster>"), 250U);
    EXPECT_EQ(say("RCPT TO:<>"), 553U);
    EXPECT_EQ(say("RCPT TO:<\"a b\"@ex>"), 250U);
    EXPECT_EQ(say("RCPT TO:<@x,@y:b@z>"), 250U);
    EXPECT_EQ(say("RCPT TO:c@d"), 501U);
    EXPECT_EQ(say("NOOP anything"), 250U);
    EXPECT_EQ(say("VRFY root"), 252U);
    EXPECT_EQ(say("EXPN list"), 502U);
    EXPECT_EQ(say("HELP"), 214U);
    EXPECT_EQ(say("FROB"), 500U);
    EXPECT_EQ(say(""), 500U);
    EXPECT_EQ(say("DATA now"), 501U);
}

TEST_F(SmtpDialogTest, JudgesParameters) {
    EXPECT_EQ(say("EHLO me"), 250U);
    const auto mail = [this](const std::string& parameters) {
        say("RSET");
        return say("MAIL FROM:<a@b> " + parameters);
    };
    EXPECT_EQ(mail("SIZE=100 BODY=8BITMIME RET=HDRS ENVID=x+2By"), 250U);
    EXPECT_EQ(mail("FROB=1"), 555U);
    EXPECT_EQ(mail("SIZE=abc"), 501U);
    EXPECT_EQ(mail("SIZE=99999999999"), 552U);
    EXPECT_EQ(mail("BODY=FOO"), 501U);
    EXPECT_EQ(mail("RET=FOO"), 501U);
    EXPECT_EQ(mail("ENVID=a ENVID=b"), 501U);
    EXPECT_EQ(mail("SMTPUTF8=1"), 501U);
    EXPECT_EQ(mail("SMTPUTF8"), 250U);
    EXPECT_EQ(say("RCPT TO:<gr\xc3\xbc\xc3\x9f@d>"), 250U);
    EXPECT_EQ(mail("AUTH=<>"), 250U);
    EXPECT_EQ(say("RCPT TO:<gr\xc3\xbc\xc3\x9f@d>"), 553U);
    EXPECT_EQ(say("RCPT TO:<c@d> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+2Bb@c"), 250U);
    EXPECT_EQ(say("RCPT TO:<c@d> NOTIFY=NEVER,FAILURE"), 501U);
    EXPECT_EQ(say("RCPT TO:<c@d> ORCPT=x"), 501U);
    EXPECT_EQ(say("RCPT TO:<c@d> FROB=1"), 555U);
    say("HELO me");
    EXPECT_EQ(say("MAIL FROM:<a@b> SIZE=1"), 555U) << "HELO knows no parameters";
}

TEST_F(SmtpDialogTest, BoundsRecipients) {
    auto few = settings();
    few.max_recipients = 2;
    dialog = SmtpDialog(few);
    begin_message();
    EXPECT_EQ(say("RCPT TO:<c2@d>"), 250U);
    EXPECT_EQ(say("RCPT TO:<c3@d>"), 452U);
    EXPECT_EQ(say("DATA"), 354U) << "the others get it";
}

TEST_F(SmtpDialogTest, TakesChunks) {
    begin_message();
    last = dialog.on_line("BDAT 6");
    EXPECT_EQ(last.next, Next::chunk);
    EXPECT_EQ(dialog.chunk_size(), 6U);
    EXPECT_TRUE(dialog.keeps_chunk());
    EXPECT_FALSE(dialog.is_last_chunk());
    EXPECT_EQ(dialog.on_chunk(false).reply.code, 250U);
    EXPECT_EQ(say("DATA"), 503U);
    EXPECT_EQ(say("RCPT TO:<x@y>"), 503U);
    last = dialog.on_line("bdat 0 last");
    EXPECT_TRUE(dialog.is_last_chunk());
    EXPECT_EQ(dialog.on_message("1", std::nullopt).reply.code, 250U);
    last = dialog.on_line("BDAT 9 LAST");
    EXPECT_EQ(last.next, Next::chunk) << "read, so that the next command is one";
    EXPECT_FALSE(dialog.keeps_chunk());
    EXPECT_EQ(dialog.on_chunk(false).reply.code, 503U);
    EXPECT_EQ(say("BDAT x"), 501U);
    EXPECT_EQ(last.next, Next::close) << "nobody knows how much follows";
}

TEST_F(SmtpDialogTest, TakesBinaryInChunksOnly) {
    EXPECT_EQ(say("EHLO me"), 250U);
    EXPECT_EQ(say("MAIL FROM:<a@b> BODY=BINARYMIME"), 250U);
    EXPECT_EQ(say("RCPT TO:<c@d>"), 250U);
    EXPECT_EQ(say("DATA"), 503U);
    last = dialog.on_line("BDAT 3 LAST");
    EXPECT_TRUE(dialog.keeps_chunk());
    EXPECT_EQ(dialog.on_chunk(true).reply.code, 552U);
    EXPECT_FALSE(dialog.has_envelope());
}

TEST_F(SmtpDialogTest, ForgetsAllOfTheTimeBeforeTls) {
    begin_message();
    EXPECT_EQ(say("STARTTLS now"), 501U);
    EXPECT_EQ(say("STARTTLS"), 220U);
    EXPECT_EQ(last.next, Next::start_tls);
    dialog.on_tls();
    EXPECT_EQ(say("DATA"), 503U);
    EXPECT_EQ(say("MAIL FROM:<a@b>"), 503U);
    EXPECT_EQ(say("STARTTLS"), 503U);
    EXPECT_EQ(say("EHLO me"), 250U);
    EXPECT_FALSE(offers("STARTTLS"));
    auto plain = settings();
    plain.offers_tls = false;
    dialog = SmtpDialog(plain);
    EXPECT_EQ(say("STARTTLS"), 502U);
}

TEST_F(SmtpDialogTest, LetsUsersIn) {
    EXPECT_EQ(say("AUTH PLAIN"), 503U);
    EXPECT_EQ(say("EHLO me"), 250U);
    EXPECT_EQ(say("AUTH"), 501U);
    EXPECT_EQ(say("AUTH EXTERNAL ="), 504U);
    EXPECT_EQ(say("AUTH PLAIN"), 334U);
    EXPECT_EQ(last.next, Next::auth);
    EXPECT_EQ(say("*"), 501U);
    EXPECT_EQ(say("AUTH PLAIN ="), 501U);
    EXPECT_EQ(say("AUTH PLAIN !"), 501U);
    EXPECT_EQ(say("AUTH PLAIN " + base64("\0tim\0wrong"s)), 535U);
    EXPECT_EQ(say("AUTH LOGIN"), 334U);
    EXPECT_EQ(say(base64("tim")), 334U);
    EXPECT_EQ(say(base64("secret")), 235U);
    EXPECT_EQ(dialog.user(), "tim");
    EXPECT_EQ(say("AUTH PLAIN"), 503U) << "once is enough";
    EXPECT_EQ(say("MAIL FROM:<a@b>"), 250U);
}

TEST_F(SmtpDialogTest, WantsUsersIfTold) {
    auto strict = settings();
    strict.needs_auth = true;
    strict.auth_needs_tls = true;
    dialog = SmtpDialog(strict);
    EXPECT_EQ(say("EHLO me"), 250U);
    EXPECT_FALSE(offers("AUTH PLAIN LOGIN CRAM-MD5"));
    EXPECT_EQ(say("AUTH PLAIN"), 538U);
    EXPECT_EQ(say("MAIL FROM:<a@b>"), 530U);
    dialog.on_tls();
    EXPECT_EQ(say("EHLO me"), 250U);
    EXPECT_TRUE(offers("AUTH PLAIN LOGIN CRAM-MD5"));
    EXPECT_EQ(say("AUTH PLAIN " + base64("\0tim\0secret"s)), 235U);
    EXPECT_EQ(say("MAIL FROM:<a@b>"), 250U);
    EXPECT_EQ(say("AUTH PLAIN"), 503U);
}

TEST_F(SmtpDialogTest, TiresOfErrors) {
    for (int i = 0; i < 100; ++i) EXPECT_EQ(say("FROB"), 500U);
    EXPECT_EQ(say("FROB"), 421U);
    EXPECT_EQ(last.next, Next::close);
}

}  // namespace
}  // namespace nettool::proto
