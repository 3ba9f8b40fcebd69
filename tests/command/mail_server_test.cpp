#include "support/mail_client.hpp"

namespace nettool::test {
namespace {

using cli::ExitCode;

constexpr auto json = cli::Output::Format::json;

TEST_F(MailServerTest, PrintsTheDialog) {
    start();
    auto sender = begun();
    EXPECT_TRUE(sender.send_mail("b@example.org", "Subject: x\r\n\r\nhello\r\n")
                    .starts_with("250 2.0.0 stored as "));
    EXPECT_EQ(sender.ask("QUIT"), "221 2.0.0 localhost goodbye");
    server->wait_for_output(" #1 S: 221 2.0.0 localhost goodbye\n");
    const auto said = server->output();
    for (const auto* line :
         {" #1 S: 220 localhost ESMTP nettool\n", " #1 C: EHLO me\n", " #1 S: 250-PIPELINING\n",
          " #1 C: MAIL FROM:<a@example.org>\n", " #1 C: RCPT TO:<b@example.org>\n", " #1 C: DATA\n",
          " #1 C: <message of 21 bytes>\n",
          "  <a@example.org> -> <b@example.org>  21 bytes  \"x\"\n", " #1 C: QUIT\n"})
        EXPECT_NE(said.find(line), said.npos) << line << said;
    EXPECT_NE(said.find("  ! there is no Date field\n"), said.npos) << said;
}

TEST_F(MailServerTest, ExplainsTheDialog) {
    start({"--explain"});
    begun();
    server->wait_for_output("# says its name and asks what the server can (RFC 5321 §4.1.1.1)\n");
}

TEST_F(MailServerTest, KeepsMessagesByteForByteWithTheirRecords) {
    start();
    using namespace std::string_literals;
    const auto message = "Subject: \xff\r\n\r\n\ttabs \x00\x01 and\n lone ends\r\n"s;
    EXPECT_TRUE(begun().send_mail("b@example.org", message).starts_with("250"));
    const auto name = names("new");
    ASSERT_FALSE(name.empty());
    const auto id = name.substr(0, name.size() - 1);
    EXPECT_EQ(contents(store() + "/new/" + id), message);
    const auto record = contents(store() + "/envelopes/" + id + ".json");
    for (const auto* part : {R"("from":"a@example.org","to":["b@example.org"])",
                             R"("protocol":"ESMTP","client_address":"127.0.0.1:)",
                             R"("client_name":"me")", R"("text":"EHLO me")", "LF without CR"})
        EXPECT_NE(record.find(part), record.npos) << part << record;
}

TEST_F(MailServerTest, HoldsNoSecret) {
    start({"--explain"}, json);
    auto sender = begun();
    EXPECT_EQ(sender.ask("AUTH PLAIN AHRpbQBzZWNyZXQ="), "235 2.7.0 come in");
    EXPECT_TRUE(sender.send_mail("b@example.org", "x\r\n").starts_with("250"));
    server->stop();
    const auto all = server->output() + server->log() + look({"--show", "1", "--dialog"}).output +
                     look({"--show", "1"}, json).output;
    EXPECT_NE(all.find("AUTH PLAIN <redacted 16 bytes>"), all.npos);
    EXPECT_EQ(all.find("AHRpbQBzZWNyZXQ"), all.npos);
    EXPECT_NE(all.find(R"("user":"tim")"), all.npos);
}

TEST_F(MailServerTest, LetsInWhoIsNamed) {
    start({"--user", "tim:secret"});
    auto sender = begun();
    EXPECT_EQ(sender.ask("MAIL FROM:<a@b>"), "530 5.7.0 log in first");
    EXPECT_EQ(sender.ask("AUTH PLAIN AHRpbQB3cm9uZw=="), "535 5.7.8 user or password is wrong");
    EXPECT_EQ(sender.ask("AUTH PLAIN AHRpbQBzZWNyZXQ="), "235 2.7.0 come in");
    EXPECT_EQ(sender.ask("MAIL FROM:<a@b>"), "250 2.1.0 sender ok");
}

TEST_F(MailServerTest, ReadsUsersFromAFile) {
    write_file(directory.file("users"), "# who\ntim:secret\r\n");
    start({"--user-file", directory.file("users"), "--auth-requires-tls"});
    EXPECT_EQ(begun().ask("AUTH PLAIN AHRpbQBzZWNyZXQ="), "538 5.7.11 not without TLS");
    write_file(directory.file("users"), "tim:secret\nnobody\n");
    const auto bad = look({"--port=0", "--user-file", directory.file("users")});
    EXPECT_EQ(bad.code, ExitCode::local);
    EXPECT_NE(bad.log.find("line 2 is not USER:PASSWORD"), bad.log.npos) << bad.log;
}

TEST_F(MailServerTest, SaysGoodbyeWhenItStops) {
    start();
    auto idle = begun();
    auto busy = begun();
    busy.ask("MAIL FROM:<a@b>");
    busy.ask("RCPT TO:<c@d>");
    busy.ask("DATA");
    auto stopped = std::async(std::launch::async,
                              [this] { return server->stop(asio::cancellation_type::total); });
    EXPECT_EQ(idle.reply(), "421 4.3.2 localhost is shutting down");
    EXPECT_EQ(idle.reply(), "");
    EXPECT_TRUE(busy.ask("x\r\n.").starts_with("250")) << "what was begun is finished";
    EXPECT_EQ(busy.reply(), "421 4.3.2 localhost is shutting down");
    EXPECT_EQ(stopped.get(), ExitCode::ok);
}

TEST_F(MailServerTest, EndsAfterSoManyMessages) {
    start({"--exit-after", "2"});
    auto sender = begun();
    sender.send_mail("b@c", "1\r\n");
    EXPECT_TRUE(sender.send_mail("b@c", "2\r\n").starts_with("250"));
    EXPECT_EQ(server->wait(), ExitCode::ok);
}

TEST_F(MailServerTest, KeepsNothingWhenTold) {
    start({"--discard"});
    EXPECT_EQ(begun().send_mail("b@c", "x\r\n"), "250 2.0.0 taken");
    EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(MailServerTest, RefusesAtTheDoor) {
    start({"--reject-greeting"});
    EXPECT_EQ(client().reply(), "554 localhost takes no mail");
    EXPECT_EQ(client().rest(), "554 localhost takes no mail\r\n") << "and that is all";
}

TEST_F(MailServerTest, BoundsConnections) {
    start({"--max-connections", "1", "--idle", "200ms"});
    auto first = client();
    EXPECT_EQ(first.reply(), "220 localhost ESMTP nettool");
    EXPECT_EQ(client().reply(), "421 4.3.2 too many connections, try again later");
    EXPECT_EQ(first.reply(), "421 4.4.2 localhost has waited long enough");
    EXPECT_EQ(first.reply(), "");
}

TEST_F(MailServerTest, BoundsASlowCommandAndASlowMessage) {
    start({"--command-time", "200ms", "--message-time", "300ms"});
    auto slow = begun();
    slow.send("NO");
    EXPECT_EQ(slow.reply(), "421 4.4.2 localhost has waited long enough");
    auto sender = begun();
    EXPECT_EQ(sender.send_mail("b@c", "never ending"),
              "421 4.4.2 localhost has waited long enough");
    EXPECT_EQ(names("new") + names("tmp"), "");
}

TEST_F(MailServerTest, BoundsRecipients) {
    start({"--max-recipients", "100"});
    auto sender = begun();
    sender.ask("MAIL FROM:<a@b>");
    for (int i = 0; i < 100; ++i)
        ASSERT_EQ(sender.ask("RCPT TO:<c" + std::to_string(i) + "@d>"), "250 2.1.5 recipient ok");
    EXPECT_EQ(sender.ask("RCPT TO:<one.more@d>"), "452 4.5.3 too many recipients");
    EXPECT_EQ(sender.ask("DATA").substr(0, 3), "354") << "the others get it";
}

TEST_F(MailServerTest, BoundsMessages) {
    start({"--max-size", "1K"});
    auto sender = begun();
    EXPECT_EQ(sender.ask("MAIL FROM:<a@b> SIZE=1025"), "552 5.3.4 longer than 1024 octets");
    EXPECT_EQ(sender.send_mail("b@c", std::string(2000, 'x') + "\r\n"),
              "552 5.3.4 longer than 1024 octets");
    EXPECT_TRUE(sender.send_mail("b@c", "short\r\n").starts_with("250")) << "it goes on";
}

TEST_F(MailServerTest, IsStrictWhenTold) {
    start({"--strict"});
    auto sender = begun();
    EXPECT_EQ(sender.send_mail("b@c", "a\n.\nMAIL FROM:<evil@x>\r\n"),
              "550 5.5.2 lines end with CR LF (RFC 5321 2.3.8)");
    EXPECT_EQ(sender.reply(), "") << "nothing that was sent behind it is heard";
    EXPECT_TRUE(begun().send_mail("b@c", "a\r\n").starts_with("250"));
}

TEST_F(MailServerTest, SaysWhyAMessageDoesNotEnd) {
    start();
    auto typist = begun();
    typist.send("MAIL FROM:<a@b>\nRCPT TO:<c@d>\nDATA\nSubject: x\n\nhi\n.\n");
    server->wait_for_output(" #1 *: a dot alone ends a message only between two CR LF");
    typist.close();
    server->wait_for_output(" #1 *: the client has left before the end of the message");
    EXPECT_EQ(names("new") + names("tmp"), "");
}

TEST_F(MailServerTest, SpeaksNoHttp) {
    start();
    auto browser = client();
    browser.reply();
    browser.send("POST / HTTP/1.1\r\nHost: x\r\n\r\nMAIL FROM:<a@b>\r\n");
    EXPECT_EQ(browser.rest(), "421 4.7.0 localhost speaks no HTTP\r\n");
}

TEST_F(MailServerTest, ReadsItsCertificateAtTheStart) {
    const auto outcome = look({"--port=0", "--cert", "nofile", "--key", "nofile"});
    EXPECT_EQ(outcome.code, ExitCode::local);
    EXPECT_NE(outcome.log.find("cannot use the certificate nofile"), outcome.log.npos);
}

TEST_F(MailServerTest, SaysWhatCouldNotBeStored) {
    start();
    auto sender = begun();
    std::filesystem::remove_all(store() + "/envelopes");
    EXPECT_EQ(sender.send_mail("b@c", "x\r\n"), "451 4.3.0 it could not be stored");
    EXPECT_EQ(server->log(), "mail-server: cannot store a message in " + store() +
                                 ": No such file or directory\n");
}

TEST_F(MailServerTest, LetsStepsGoWrong) {
    start({"--inject", "when rcpt ~ /b@/ then 451 2 times", "--inject",
           "when message ~ /^subject: spam/ then 554", "--inject", "when helo ~ /evil/ then 421",
           "--inject", "when mail ~ /reset@/ then close"});
    auto sender = begun();
    sender.ask("MAIL FROM:<a@x>");
    EXPECT_EQ(sender.ask("RCPT TO:<b@x>"), "451 4.3.0 injected fault");
    EXPECT_EQ(sender.ask("RCPT TO:<c@x>"), "250 2.1.5 recipient ok");
    EXPECT_EQ(sender.ask("RCPT TO:<b@x>"), "451 4.3.0 injected fault");
    EXPECT_EQ(sender.ask("RCPT TO:<b@x>"), "250 2.1.5 recipient ok") << "no more than twice";
    sender.ask("DATA");
    EXPECT_EQ(sender.ask("Subject: spam\r\n\r\nx\r\n."), "554 5.3.0 injected fault");
    EXPECT_EQ(names("new") + names("tmp"), "");
    EXPECT_EQ(sender.ask("EHLO evil"), "421 4.3.0 injected fault");
    EXPECT_EQ(sender.reply(), "");
    EXPECT_EQ(begun().ask("MAIL FROM:<reset@x>"), "");
}

TEST_F(MailServerTest, LetsTheGreetingGoWrong) {
    start({"--inject", "when client ~ /127/ then 554 after 10ms, 1 times"});
    EXPECT_EQ(client().reply(), "554 5.3.0 injected fault");
    EXPECT_EQ(client().reply(), "220 localhost ESMTP nettool");
}

TEST_F(MailServerTest, RefusesBadOptions) {
    for (const auto& options : std::vector<std::vector<std::string>>{
             {"--list", "--wait"},
             {"--discard", "--list"},
             {"--part", "1"},
             {"--to", "x"},
             {"--list", "--subject", "("},
             {"--hostname", "a b"},
             {"--user", "nobody"},
             {"--inject", "when subject ~ /x/ then 451"},
             {"--inject", "999"},
             {"--list", "--timeout", "1s"},
             {"--require-auth", "--auth-requires-tls", "--no-starttls"},
             {"--show", "1", "--source", "--dialog"}})
        EXPECT_EQ(look(options).code, ExitCode::usage) << options.back();
}

TEST_F(MailServerTest, SaysAtOnceThatItCannotStore) {
    write_file(store(), "a file");
    const auto outcome = look({"--port=0"});
    EXPECT_EQ(outcome.code, ExitCode::local);
    EXPECT_NE(outcome.log.find("cannot make directory " + store()), outcome.log.npos)
        << outcome.log;
}

}  // namespace
}  // namespace nettool::test
