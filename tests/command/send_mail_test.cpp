// send-mail and servers that take its mail, or do not.

#include "support/send_mail.hpp"

namespace nettool::test {
namespace {

TEST_F(SendMail, SendsAMessage) {
    ScriptedSmtp server({willing()});
    const auto outcome = send(server, {"--subject", "hi", "--helo", "me"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_TRUE(holds(outcome.output, "b@x: accepted, 250 ok\n")) << outcome.output;
    EXPECT_TRUE(holds(outcome.output, "250 2.0.0 queued as 1\n"));
    EXPECT_EQ(server.commands(), "EHLO me|MAIL FROM:<a@x>|RCPT TO:<b@x>|DATA|QUIT|");
    ASSERT_EQ(server.messages().size(), 1U);
    const auto message = server.messages().front();
    for (const auto* field : {"Date: ", "From: a@x\r\n", "To: b@x\r\n", "Subject: hi\r\n",
                              "Message-ID: <", "MIME-Version: 1.0\r\n", "\r\n\r\nhello\r\n"})
        EXPECT_TRUE(holds(message, field)) << field << message;
}

TEST_F(SendMail, ReportsAsJson) {
    ScriptedSmtp server({willing(many_offers)});
    const auto outcome =
        send(server, {"--header", "Message-ID: <own@x>"}, cli::Output::Format::json);
    EXPECT_TRUE(holds(outcome.output,
                      R"({"event":"recipient","address":"b@x","accepted":true,"code":250,)"))
        << outcome.output;
    EXPECT_TRUE(holds(outcome.output, R"({"event":"sent","message_id":"<own@x>")"));
    EXPECT_TRUE(holds(server.commands(), "MAIL FROM:<a@x> SIZE="));
}

// C2; one by one they come in every test, and byte by byte to the session's own.
TEST_F(SendMail, ReadsRepliesThatComeTogether) {
    ScriptedSmtp server({{"220-a\r\n220 b", many_offers, "", "", "250 ok\r\n250 ok\r\n354 go", "",
                          "250 ok\r\n221 bye"}});
    EXPECT_EQ(send(server).code, ExitCode::ok);
}

// C9
TEST_F(SendMail, SendsToThoseWhoAreTaken) {
    for (const auto& offers : {plain_offer, many_offers}) {
        ScriptedSmtp server({{"220 x", offers, "250 ok", "250 ok", "550 5.1.1 who", "250 ok",
                              "354 go", "250 ok", "221 bye"}});
        const auto outcome = send(server, {"--to", "b@x, c@x", "--bcc", "d@x"});
        EXPECT_EQ(outcome.code, ExitCode::refused);
        EXPECT_TRUE(holds(outcome.output, "c@x: refused, 550 5.1.1 who\n")) << outcome.output;
        EXPECT_TRUE(holds(outcome.output, "2 recipients, 1 refused")) << outcome.output;
        ASSERT_EQ(server.messages().size(), 1U);
        EXPECT_FALSE(holds(server.messages()[0], "d@x")) << "C15";
        EXPECT_FALSE(holds(server.messages()[0], "Bcc"));
    }
}

TEST_F(SendMail, SendsNothingWhereNobodyIsTaken) {
    ScriptedSmtp plain({{"220 x", plain_offer, "250 ok", "550 5.1.1 who", "221 bye"}});
    const auto outcome = send(plain, {}, cli::Output::Format::json);
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(holds(plain.commands(), "RCPT TO:<b@x>|QUIT|")) << plain.commands();
    EXPECT_TRUE(holds(outcome.output, R"("event":"failed")"));
    EXPECT_TRUE(holds(outcome.output, R"("step":"rcpt","code":550,"enhanced":"5.1.1")"))
        << outcome.output;
    ScriptedSmtp many(
        {{"220 x", many_offers, "250 ok", "550 who", "354 go", "554 nobody", "221 bye"}});
    EXPECT_EQ(send(many).code, ExitCode::refused);
    EXPECT_EQ(many.messages(), std::vector<std::string>({""})) << "a lone dot";
}

// C1, C21
TEST_F(SendMail, SaysWhatTheServerRefuses) {
    struct Case {
        Script script;
        ExitCode code;
        std::string words;
    };
    for (const auto& [script, code, words] : {
             Case{{"554 5.7.1 no\x1b[31m"},
                  ExitCode::refused,
                  "does not want to talk: 554 5.7.1 no\\x1b"},
             Case{{"421 busy"}, ExitCode::refused, "421 busy"},
             Case{{"221 bye"}, ExitCode::local, "221 bye"},
             Case{{"hello"}, ExitCode::local, "no reply of SMTP"},
             Case{{std::string(70'000, 'x')}, ExitCode::local, "too long"},
             Case{{"220 x", "554 no"}, ExitCode::refused, "does not greet back: 554 no"},
             Case{{"220 x", plain_offer, "452 4.3.1 full"}, ExitCode::refused, "452 4.3.1 full"},
             Case{{"220 x", plain_offer, "250 ok", "250 ok", "451 later"},
                  ExitCode::refused,
                  "does not want the message: 451 later"},
             Case{{"220 x", plain_offer, "250 ok", "250 ok", "354 go", "552 5.3.4 too big"},
                  ExitCode::refused,
                  "refuses the message: 552 5.3.4 too big"},
             Case{{"220 x", std::string(ScriptedSmtp::hang_up)},
                  ExitCode::network,
                  "closed the connection"},
         }) {
        ScriptedSmtp server({script});
        const auto outcome = send(server);
        EXPECT_EQ(outcome.code, code) << words << outcome.log;
        EXPECT_TRUE(holds(outcome.log, words)) << words << outcome.log;
    }
}

TEST_F(SendMail, FallsBackToHelo) {
    ScriptedSmtp server({{"220 x", "502 what", "250 x", "250 ok", "250 ok", "354 go", "250 ok"}});
    EXPECT_EQ(send(server, {"--helo", "me"}).code, ExitCode::ok);
    EXPECT_TRUE(holds(server.commands(), "EHLO me|HELO me|MAIL FROM:<a@x>|"));
}

// C17
TEST_F(SendMail, StopsLocallyWhereTheServerTakesNoMore) {
    ScriptedSmtp server({{"220 x", "250-x\r\n250 SIZE 32", "221 bye"}});
    const auto outcome = send(server, {"--helo", "me"});
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_EQ(server.commands(), "EHLO me|QUIT|");
    EXPECT_TRUE(holds(outcome.log, "the server takes 32")) << outcome.log;
}

// C19
TEST_F(SendMail, DoesNotMindARudeGoodbye) {
    for (const auto* goodbye : {"451 what", "$CLOSE"}) {
        auto script = willing();
        script.back() = goodbye;
        ScriptedSmtp server({script});
        EXPECT_EQ(send(server).code, ExitCode::ok) << goodbye;
    }
}

// C20
TEST_F(SendMail, NeverSendsAgainWhatMayHaveGone) {
    for (const auto* end : {"$CLOSE", "$SILENT"}) {
        auto script = willing();
        script[5] = end;
        script.resize(6);
        ScriptedSmtp server({script, willing()});
        const auto outcome =
            send(server, {"--timeout", "200ms", "--retry", "3", "--retry-wait", "1ms"});
        EXPECT_EQ(outcome.code, ExitCode::network);
        EXPECT_TRUE(holds(outcome.log, "may have been delivered: not sent again")) << outcome.log;
        EXPECT_EQ(server.connections(), 1U);
    }
}

TEST_F(SendMail, GivesUpOnASilentServer) {
    ScriptedSmtp server({{"$SILENT"}});
    const auto outcome = send(server, {"--timeout", "100ms"});
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_TRUE(holds(outcome.log, "does not answer")) << outcome.log;
}

TEST_F(SendMail, TriesAgainWhatMayPass) {
    ScriptedSmtp server({{"421 busy"},
                         {"220 x", plain_offer, "250 ok", "450 4.2.1 later", "221 bye"},
                         {"220 x", plain_offer, "$CLOSE"},
                         willing()});
    const auto outcome = send(server, {"--retry", "3", "--retry-wait", "1ms"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(server.connections(), 4U);
    EXPECT_TRUE(holds(outcome.log, "again in 1ms (retry 1 of 3)")) << outcome.log;
    EXPECT_TRUE(holds(outcome.log, "again in 4ms (retry 3 of 3)")) << outcome.log;
    ScriptedSmtp never({{"421 busy"}, {"421 busy"}});
    EXPECT_EQ(send(never, {"--retry", "1", "--retry-wait", "1ms"}).code, ExitCode::refused);
}

TEST_F(SendMail, TriesAgainOnlyForThoseWhoMayBeTakenLater) {
    ScriptedSmtp server({{"220 x", plain_offer, "250 ok", "250 ok", "450 later", "550 no", "354 go",
                          "250 ok", "221 bye"},
                         willing()});
    const auto outcome =
        send(server, {"--to", "b@x,c@x,d@x", "--retry", "1", "--retry-wait", "1ms"});
    EXPECT_EQ(outcome.code, ExitCode::refused) << "of d@x";
    EXPECT_TRUE(holds(server.commands(1), "MAIL FROM:<a@x>|RCPT TO:<c@x>|DATA|"))
        << server.commands(1);
    EXPECT_TRUE(holds(outcome.output, "c@x: accepted")) << outcome.output;
}

// RFC 5321 §4.5.3.1.10
TEST_F(SendMail, SendsTheRestWhereOneMessageHasTooManyRecipients) {
    ScriptedSmtp server({{"220 x", plain_offer, "250 ok", "250 ok", "452 4.5.3 many", "354 go",
                          "250 ok", "250 ok", "250 ok", "354 go", "250 ok", "221 bye"}});
    const auto outcome = send(server, {"--to", "b@x,c@x"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(server.messages().size(), 2U);
    EXPECT_TRUE(holds(server.commands(), "MAIL FROM:<a@x>|RCPT TO:<c@x>|DATA|QUIT|"));
    EXPECT_FALSE(holds(outcome.output, "refused")) << "it gets it" << outcome.output;
}

TEST_F(SendMail, ForgetsNobodyWhereSomeMayTakeItLaterAndSomeAtOnce) {
    ScriptedSmtp server({{"220 x", many_offers, "250 ok", "250 ok", "451 later", "354 go", "250 ok",
                          "250 ok", "250 ok", "452 many", "354 go", "250 ok", "221 bye"},
                         willing()});
    const auto outcome = send(server, {"--to", "b@x,c@x", "--count", "2"});
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_EQ(server.messages().size(), 3U);
    EXPECT_TRUE(holds(server.commands(1), "RCPT TO:<c@x>|DATA|QUIT|")) << server.commands(1);
    EXPECT_TRUE(holds(outcome.output, "c@x: accepted")) << outcome.output;
    EXPECT_TRUE(holds(outcome.output, "c@x: refused, 451 later")) << outcome.output;
    auto script = willing(many_offers);
    script.insert(script.begin() + 4, "452 many");
    ScriptedSmtp gone({script, {"421 bye"}});
    const auto half = send(gone, {"--to", "b@x,c@x"});
    EXPECT_EQ(half.code, ExitCode::refused);
    EXPECT_TRUE(holds(half.output, "c@x: refused, 452 many")) << half.output;
}

TEST_F(SendMail, SendsManyOverOneConnection) {
    Script script = {"220 x", many_offers};
    for (int i = 0; i < 3; ++i)
        for (const auto* reply : {"250 ok", "250 ok", "354 go", "250 ok"})
            script.emplace_back(reply);
    ScriptedSmtp server({script});
    const auto outcome = send(server, {"--count", "3"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    ASSERT_EQ(server.messages().size(), 3U);
    const auto id = [](const std::string& message) {
        const auto begin = message.find("Message-ID: ");
        return message.substr(begin, message.find('\r', begin) - begin);
    };
    EXPECT_NE(id(server.messages()[0]), id(server.messages()[1]));
}

}  // namespace
}  // namespace nettool::test
