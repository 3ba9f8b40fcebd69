// What send-mail makes of its options before it connects: messages, and refusals.

#include "nettool/base/ascii.hpp"
#include "support/send_mail.hpp"

namespace nettool::test {
namespace {

using namespace std::string_literals;

// C12: nothing of this reaches a server.
TEST_F(SendMail, RefusesWhatWouldSayMoreThanItShould) {
    const auto with = [](const std::string& name, const std::string& value) {
        std::vector<std::string> arguments = {"--server", "127.0.0.1:1", "--body", "x"};
        if (name != "--from") arguments.insert(arguments.end(), {"--from", "a@x"});
        if (name != "--to") arguments.insert(arguments.end(), {"--to", "b@x"});
        arguments.insert(arguments.end(), {name, value});
        return arguments;
    };
    expect_usage(with("--from", "a@x>\r\nRCPT TO:<evil@x"), "\\r\\nRCPT TO:<evil@x");
    expect_usage(with("--to", "b@x\nBcc: evil@x"), "\\nBcc");
    expect_usage(with("--cc", "b@x\r"), "CR, LF and NUL");
    expect_usage(with("--bcc", "c\0@x"s), "CR, LF and NUL");
    expect_usage(with("--subject", "hi\nBcc: evil@x"), "--subject");
    expect_usage(with("--header", "X: y\r\nBcc: evil@x"), "--header");
    expect_usage(with("--header", "no field"), "no field");
    expect_usage(with("--header", "A b: c"), "no field");
    expect_usage(with("--header", "Bcc: evil@x"), "--bcc");
    auto twice = with("--header", "Date: now");
    twice.insert(twice.end(), {"--header", "date: then"});
    expect_usage(twice, "a message has one date");
    expect_usage(with("--header", "Content-Type: text/html"), "--raw");
    expect_usage(with("--attach", file("a\nb", "x")), "--attach");
    expect_usage(with("--helo", "me\r\nMAIL"), "--helo");
    expect_usage(with("--to", "nobody"), "no address");
    expect_usage(with("--to", ""), "no address");
    expect_usage(with("--to", "x@\xe4\xbe\x8b\xe3\x81\x88\xe3\x80\x82"), "no address");
    expect_usage({"--to=b@x", "--body=x"}, "--from is missing");
    expect_usage({"--from=a@x", "--body=x"}, "--to is missing");
    expect_usage({"--from=a@x", "--to=b@x", "--body=x", "--body-file=y"}, "exclude one another");
    expect_usage({"--from=a@x", "--to=b@x", "--body=x", "--count=0"},
                 "--count: bad value '0' (a number from 1)");
}

TEST_F(SendMail, ReadsTheBodyFromStandardInput) {
    ScriptedSmtp server({willing()});
    const auto outcome = run_to_end(
        "send-mail", {"--server", server.address(), "--from", "a@x", "--to", "b@x"}, ".a\n..\nend");
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    ASSERT_EQ(server.messages().size(), 1U);
    EXPECT_TRUE(server.messages()[0].ends_with("\r\n\r\n..a\r\n...\r\nend\r\n")) << "C10";
}

// C10
TEST_F(SendMail, EndsEveryBodyOnce) {
    for (const auto& [body, end] :
         {std::pair("a"s, "\r\n\r\na\r\n"s), std::pair("a\n"s, "\r\n\r\na\r\n"s),
          std::pair("a\r\n"s, "\r\n\r\na\r\n"s), std::pair("."s, "\r\n\r\n..\r\n"s),
          std::pair(""s, "\r\n\r\n"s)}) {
        ScriptedSmtp server({willing()});
        EXPECT_EQ(send(server, {"--body", body}).code, ExitCode::ok);
        ASSERT_EQ(server.messages().size(), 1U) << body;
        EXPECT_TRUE(server.messages()[0].ends_with(end)) << server.messages()[0];
    }
}

// C13, C18
TEST_F(SendMail, EncodesWhatTheServerDoesNotTake) {
    for (const bool eight_bit : {false, true}) {
        ScriptedSmtp server({willing(eight_bit ? many_offers : plain_offer)});
        std::vector<std::string> arguments = {
            "--server", server.address(),      "--to",      "b@x",
            "--body",   "gr\xc3\xbcn",         "--subject", "gr\xc3\xbcn",
            "--from",   "J\xc3\xbcrgen <j@x>", "--header",  "Reply-To: J\xc3\xb6rg <r@x>"};
        EXPECT_EQ(run_to_end("send-mail", arguments).code, ExitCode::ok);
        ASSERT_EQ(server.messages().size(), 1U);
        const auto message = server.messages()[0];
        EXPECT_EQ(is_ascii(message), !eight_bit) << message;
        EXPECT_TRUE(holds(message, "From: =?utf-8?B?SsO8cmdlbg==?= <j@x>\r\n")) << message;
        EXPECT_TRUE(holds(message, "?= <r@x>\r\n"));
        EXPECT_EQ(holds(server.commands(), "BODY=8BITMIME"), eight_bit);
    }
}

TEST_F(SendMail, SaysAddressesBeyondAsciiOnlyToWhoUnderstandsThem) {
    ScriptedSmtp plain({{"220 x", many_offers, "221 bye"}});
    EXPECT_EQ(send(plain, {"--to", "j\xc3\xbc@x"}).code, ExitCode::refused);
    EXPECT_FALSE(holds(plain.commands(), "MAIL"));
    ScriptedSmtp able({willing("250-x\r\n250-8BITMIME\r\n250 SMTPUTF8")});
    EXPECT_EQ(send(able, {"--to", "j\xc3\xbc@x"}).code, ExitCode::ok);
    EXPECT_TRUE(holds(able.commands(), "BODY=8BITMIME SMTPUTF8|RCPT TO:<j\xc3\xbc@x>"));
    ScriptedSmtp domain({willing()});
    EXPECT_EQ(send(domain, {"--to",
                            "b@b\xc3\xbc"
                            "cher.example"})
                  .code,
              ExitCode::ok);
    EXPECT_TRUE(holds(domain.commands(), "RCPT TO:<b@xn--bcher-kva.example>"));
}

// C14
TEST_F(SendMail, AttachesFiles) {
    ScriptedSmtp server({willing(many_offers)});
    const auto outcome =
        send(server, {"--attach", file("na\xc3\xafve \"x\".txt", std::string(200'000, 'a')),
                      "--attach", file("empty", ""), "--html", file("page", "<p>hi")});
    EXPECT_EQ(outcome.code, ExitCode::refused) << "SIZE 100000";
    EXPECT_TRUE(holds(outcome.log, "the server takes 100000")) << outcome.log;
    ScriptedSmtp roomy({willing()});
    EXPECT_EQ(send(roomy, {"--attach", file("na\xc3\xafve \"x\".txt", std::string(200'000, 'a')),
                           "--attach", file("empty", "")})
                  .code,
              ExitCode::ok);
    ASSERT_EQ(roomy.messages().size(), 1U);
    EXPECT_TRUE(holds(roomy.messages()[0], "filename*=UTF-8''na%C3%AFve%20%22x%22.txt"));
    EXPECT_TRUE(holds(roomy.messages()[0], "Content-Type: text/plain\r\n"));
    EXPECT_EQ(
        run_to_end("send-mail", {"--from=a@x", "--to=b@x", "--body=x", "--attach=/none"}).code,
        ExitCode::local);
}

// C11
TEST_F(SendMail, SendsRawMessagesAsTheyAre) {
    ScriptedSmtp server({willing(many_offers)});
    const auto raw = file("raw", "Subject: x\n\n.dot\n");
    const auto sent = send(server, {"--raw", raw});
    EXPECT_EQ(sent.code, ExitCode::ok);
    EXPECT_TRUE(holds(sent.output, "sent to 127.0.0.1:")) << sent.output;
    EXPECT_TRUE(holds(server.commands(), "SIZE=20|")) << server.commands();
    EXPECT_EQ(server.messages(), std::vector<std::string>({"Subject: x\r\n\r\n..dot\r\n"}));
    for (const auto& [bytes, words] :
         {std::pair("a\rb\r\n"s, "a CR without LF"s), std::pair("a\r\nb\n"s, "some with LF"s),
          std::pair("a\0b\n"s, "NUL"s), std::pair(std::string(999, 'x') + "\n", "999 octets"s),
          std::pair("a\r"s, "a CR without LF"s)})
        expect_usage({"--from=a@x", "--to=b@x", "--raw", file("bad", bytes)}, words);
    ScriptedSmtp seven({{"220 x", plain_offer, "221 bye"}});
    EXPECT_EQ(send(seven, {"--raw", file("utf8", "Subject: x\n\ngr\xc3\xbcn\n")}).code,
              ExitCode::refused)
        << "never raw 8-bit";
}

TEST_F(SendMail, ReadsTheHeaderOfRawMessages) {
    ScriptedSmtp server({willing()});
    const auto outcome = send(
        server, {"--raw", file("raw", "message-id: <own@x>\nBcc: c@x\n\nMessage-ID: <no@x>\n")});
    EXPECT_TRUE(holds(outcome.output, "sent <own@x> to ")) << outcome.output;
    EXPECT_TRUE(holds(outcome.log, "Bcc")) << outcome.log;
}

TEST_F(SendMail, RehearsesWithoutAServerOrAPassword) {
    const auto outcome = run_to_end(
        "send-mail", {"--dry-run", "--provider", "gmail", "--user", "ada", "--from", "a@x", "--to",
                      "b@x", "--subject", "hi", "--body", "hello", "--helo", "me"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    std::size_t at = 0;
    for (const auto* part : {"C: EHLO me", "C: STARTTLS", "C: EHLO me", "C: AUTH",
                             "C: MAIL FROM:<a@x> SIZE=", "C: RCPT TO:<b@x>", "C: DATA",
                             "Subject: hi\n", "hello\n", "C: QUIT"}) {
        at = outcome.output.find(part, at);
        ASSERT_NE(at, outcome.output.npos) << part << "\n" << outcome.output;
    }
}

}  // namespace
}  // namespace nettool::test
