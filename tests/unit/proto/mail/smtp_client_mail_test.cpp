// MAIL, RCPT and DATA of the client's dialog, one by one and many at a time.

#include "support/smtp_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace nettool::proto {
namespace {

using test::order;
using test::ScriptedDialog;
using Next = SmtpClientDialog::Next;

class SmtpClientMail : public testing::Test {
protected:
    void meet(const std::string& offers) {
        client.after("220 x\r\n");
        client.after(offers);
        ASSERT_EQ(client.dialog.next(), Next::mail);
    }
    void meet_plain() { meet("250 x\r\n"); }
    void meet_pipelining() { meet("250-x\r\n250-SIZE\r\n250 PIPELINING\r\n"); }

    // The codes of its recipients, the code of the end, and why it failed.
    std::string outcome() {
        const auto ended = client.dialog.take_outcome();
        if (!ended) return "none";
        std::string text;
        for (const auto& recipient : ended->recipients)
            text += std::to_string(recipient.reply.code) + " ";
        return text + std::to_string(ended->reply.code) + " " +
               ScriptedDialog::words(ended->failure);
    }

    static SmtpFailure lost_at(SmtpStep step) {
        SmtpFailure lost;
        lost.kind = SmtpFailure::Kind::lost;
        lost.step = step;
        return lost;
    }

    ScriptedDialog client;
};

TEST_F(SmtpClientMail, AsksOneAfterTheOther) {
    meet_plain();
    EXPECT_EQ(client.begin(order({"b@x", "c@x"})), "MAIL FROM:<a@x>|") << "nothing is offered";
    EXPECT_EQ(client.after("250 ok\r\n"), "RCPT TO:<b@x>|");
    EXPECT_EQ(client.after("250 ok\r\n"), "RCPT TO:<c@x>|");
    EXPECT_EQ(client.after("251 ok\r\n"), "DATA|");
    EXPECT_EQ(client.after("354 go\r\n"), "");
    EXPECT_EQ(client.dialog.next(), Next::message);
    client.dialog.message_sent();
    EXPECT_EQ(client.dialog.next(), Next::reply);
    EXPECT_EQ(client.dialog.step(), SmtpStep::message);
    client.after("250 ok\r\n");
    EXPECT_EQ(outcome(), "250 251 250 none");
    EXPECT_EQ(client.dialog.next(), Next::mail);
}

TEST_F(SmtpClientMail, SaysOnlyWhatIsNeededAndOffered) {
    meet("250-x\r\n250-SIZE 100\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n");
    EXPECT_EQ(client.begin(order()), "MAIL FROM:<a@x> SIZE=38|");
    client.after("250 ok\r\n250 ok\r\n354 go\r\n");
    client.dialog.message_sent();
    client.after("250 ok\r\n");
    auto special = order();
    special.from = {};
    special.eight_bit = special.utf8 = true;
    EXPECT_EQ(client.begin(special), "MAIL FROM:<> SIZE=38 BODY=8BITMIME SMTPUTF8|");
}

// C17
TEST_F(SmtpClientMail, DoesNotEvenTryWhatTheServerCannotTake) {
    meet("250-x\r\n250 SIZE 32\r\n");
    EXPECT_EQ(client.begin(order()), "");
    EXPECT_EQ(outcome(), "0 0 refused mail 0");
    auto utf8 = order();
    utf8.size = 1;
    utf8.utf8 = true;
    EXPECT_EQ(client.begin(utf8), "");
    EXPECT_EQ(outcome(), "0 0 refused mail 0");
    EXPECT_EQ(client.dialog.next(), Next::mail);
}

// C9
TEST_F(SmtpClientMail, GoesOnWithTheRecipientsThatAreTaken) {
    meet_plain();
    client.begin(order({"b@x", "c@x", "d@x"}));
    EXPECT_EQ(client.after("250 ok\r\n250 ok\r\n550 5.1.1 who\r\n452 4.5.3 many\r\n"),
              "RCPT TO:<b@x>|RCPT TO:<c@x>|RCPT TO:<d@x>|DATA|");
    client.after("354 go\r\n");
    client.dialog.message_sent();
    client.after("250 ok\r\n");
    EXPECT_EQ(outcome(), "250 550 452 250 none");
}

TEST_F(SmtpClientMail, SendsNothingWhereNobodyIsTaken) {
    meet_plain();
    client.begin(order());
    EXPECT_EQ(client.after("250 ok\r\n550 5.1.1 who\r\n"), "RCPT TO:<b@x>|") << "no DATA";
    EXPECT_EQ(outcome(), "550 0 refused rcpt 550");
    EXPECT_EQ(client.begin(order()), "RSET|") << "the transaction was open";
    EXPECT_EQ(client.after("250 ok\r\n"), "MAIL FROM:<a@x>|");
    EXPECT_EQ(client.after("550 5.7.1 no\r\n"), "");
    EXPECT_EQ(outcome(), "0 0 refused mail 550");
    EXPECT_EQ(client.begin(order()), "MAIL FROM:<a@x>|") << "this one never was";
    EXPECT_EQ(client.after("250 ok\r\n250 ok\r\n554 no\r\n"), "RCPT TO:<b@x>|DATA|");
    EXPECT_EQ(outcome(), "250 0 refused data 554");
    EXPECT_EQ(client.begin(order()), "RSET|");
}

TEST_F(SmtpClientMail, AsksManyAtATime) {
    meet_pipelining();
    EXPECT_EQ(client.begin(order({"b@x", "c@x"})),
              "MAIL FROM:<a@x> SIZE=38|RCPT TO:<b@x>|RCPT TO:<c@x>|DATA|");
    EXPECT_EQ(client.after("250 ok\r\n250 ok\r\n550 who\r\n354 go\r\n"), "");
    client.dialog.message_sent();
    EXPECT_EQ(client.begin(order()), "MAIL FROM:<a@x> SIZE=38|RCPT TO:<b@x>|DATA|")
        << "the next one leaves with the end of this one";
    EXPECT_EQ(outcome(), "none");
    client.after("250 ok\r\n");
    EXPECT_EQ(outcome(), "250 550 250 none");
    client.after("250 ok\r\n250 ok\r\n354 go\r\n");
    EXPECT_EQ(client.dialog.next(), Next::message);
    client.dialog.message_sent();
    client.dialog.quit();
    EXPECT_EQ(client.after("452 4.3.1 full\r\n"), "QUIT|");
    EXPECT_EQ(outcome(), "250 452 refused message 452");
    EXPECT_EQ(client.dialog.next(), Next::reply);
    client.after("221 bye\r\n");
    EXPECT_EQ(client.dialog.next(), Next::closed);
    EXPECT_EQ(client.failure(), "none");
}

// C9, RFC 2920 §3.1
TEST_F(SmtpClientMail, EndsAMessageToNobodyWithALoneDot) {
    meet_pipelining();
    client.begin(order());
    EXPECT_EQ(client.after("250 ok\r\n550 who\r\n354 go\r\n"), ".|");
    EXPECT_EQ(client.dialog.next(), Next::reply);
    EXPECT_EQ(client.after("554 nobody\r\n"), "");
    EXPECT_EQ(outcome(), "550 0 refused rcpt 550");
    client.begin(order());
    EXPECT_EQ(client.after("550 no\r\n503 what\r\n354 go\r\n"), ".|") << "whatever it is thinking";
    client.after("250 ok\r\n");
    EXPECT_EQ(outcome(), "0 0 refused mail 550");
    client.begin(order());
    EXPECT_EQ(client.after("250 ok\r\n450 later\r\n503 nobody\r\n"), "");
    EXPECT_EQ(outcome(), "450 0 refused rcpt 450");
    EXPECT_EQ(client.begin(order()), "RSET|MAIL FROM:<a@x> SIZE=38|RCPT TO:<b@x>|DATA|");
}

TEST_F(SmtpClientMail, DoesNotFillTheConnectionWithQuestions) {
    meet_pipelining();
    std::vector<std::string> many;
    for (int i = 0; i < 1000; ++i) many.push_back("u" + std::to_string(i) + "@x");
    std::size_t said = 0, answered = 0, most = 0;
    auto text = client.begin(order(many));
    while (client.dialog.next() == Next::reply) {
        said += static_cast<std::size_t>(std::ranges::count(text, '|'));
        most = std::max(most, said - answered);
        text = client.after(answered == 1001 ? "354 go\r\n" : "250 ok\r\n");
        ++answered;
    }
    EXPECT_EQ(said, 1002U);
    EXPECT_LE(most, 100U);
    EXPECT_EQ(client.dialog.next(), Next::message);
}

TEST_F(SmtpClientMail, KnowsWhatIsLost) {
    meet_pipelining();
    client.begin(order());
    client.after("250 ok\r\n250 ok\r\n354 go\r\n");
    client.dialog.message_sent();
    client.begin(order());
    client.dialog.fail(lost_at(client.dialog.step()));
    const auto first = client.dialog.take_outcome(), second = client.dialog.take_outcome();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(ScriptedDialog::words(first->failure), "lost message 0");
    EXPECT_TRUE(first->failure->may_have_gone) << "C20";
    EXPECT_FALSE(second->failure->may_have_gone);
    EXPECT_EQ(client.dialog.next(), Next::closed);
}

TEST_F(SmtpClientMail, TakesA421AsTheEnd) {
    meet_pipelining();
    client.begin(order());
    EXPECT_EQ(client.after("250 ok\r\n421 4.3.2 shutting down\r\n"), "");
    EXPECT_EQ(outcome(), "0 0 refused rcpt 421");
    EXPECT_EQ(client.dialog.next(), Next::closed);
    EXPECT_EQ(client.failure(), "refused rcpt 421");
}

// C19
TEST_F(SmtpClientMail, DoesNotMindARudeGoodbye) {
    for (const bool hangs_up : {false, true}) {
        client = ScriptedDialog();
        meet_pipelining();
        client.begin(order());
        client.after("250 ok\r\n250 ok\r\n354 go\r\n");
        client.dialog.message_sent();
        client.dialog.quit();
        client.after("250 ok\r\n");
        EXPECT_EQ(outcome(), "250 250 none");
        if (hangs_up)
            client.dialog.fail(lost_at(SmtpStep::quit));
        else
            client.after("451 what\r\n");
        EXPECT_EQ(client.dialog.next(), Next::closed);
        EXPECT_EQ(client.failure(), "none");
    }
}

TEST_F(SmtpClientMail, StopsAtNonsense) {
    for (const auto* replies :
         {"354 go\r\n", "250 ok\r\n354 go\r\n", "250 ok\r\n250 ok\r\n250 ok\r\n"}) {
        client = ScriptedDialog();
        meet_pipelining();
        client.begin(order());
        client.after(replies);
        EXPECT_EQ(client.dialog.next(), Next::closed) << replies;
        EXPECT_EQ(client.dialog.failure()->kind, SmtpFailure::Kind::malformed);
    }
    client = ScriptedDialog();
    meet_plain();
    client.after("250 nobody asked\r\n");
    EXPECT_EQ(client.failure(), "malformed mail 250");
}

}  // namespace
}  // namespace nettool::proto
