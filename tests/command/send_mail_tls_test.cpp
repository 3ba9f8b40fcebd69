// send-mail over TLS, past those who would prevent it, and who gets its password.

#include "nettool/proto/web/base64.hpp"
#include "support/send_mail.hpp"

namespace nettool::test {
namespace {

using namespace std::string_literals;

const std::string tls_offer = "250-host\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN";
const std::string secret = "hunter2";

class SendMailTls : public SendMail {
protected:
    std::vector<std::string> with_login(std::vector<std::string> more = {}) const {
        more.insert(more.end(),
                    {"--user", "tim", "--password-file", file("secret", secret + "\n")});
        return more;
    }
    static std::string plain_line() { return "AUTH PLAIN " + proto::base64("\0tim\0"s + secret); }
};

Script over_starttls(const std::string& offers = plain_offer) {
    auto script = willing(offers);
    script.insert(script.begin() + 1, {tls_offer, std::string(ScriptedSmtp::start_tls)});
    return script;
}

// On this machine a server has usually made its certificate itself.
TEST_F(SendMailTls, GoesOnWithAnUnknownCertificateOnThisMachine) {
    ScriptedSmtp server({over_starttls()});
    const auto outcome = send(server, {"--helo", "me"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_TRUE(holds(outcome.log, "is not to be believed: ")) << outcome.log;
    EXPECT_EQ(server.commands(),
              "EHLO me|STARTTLS|EHLO me|MAIL FROM:<a@x>|RCPT TO:<b@x>|DATA|QUIT|");
    EXPECT_EQ(server.messages().size(), 1U);
}

// C7
TEST_F(SendMailTls, StopsAtAnUnknownCertificateWhereTlsIsRequired) {
    ScriptedSmtp server({over_starttls(), willing()});
    const auto outcome = send(server, {"--security", "starttls", "--helo", "me", "--retry", "1"});
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_TRUE(holds(outcome.log, "is not to be believed: ")) << outcome.log;
    EXPECT_EQ(server.commands(), "EHLO me|STARTTLS|");
    ScriptedSmtp believed({over_starttls()});
    EXPECT_EQ(send(believed, {"--security", "starttls", "--insecure"}).code, ExitCode::ok);
}

TEST_F(SendMailTls, SpeaksTlsFromTheBeginning) {
    ScriptedSmtp server({willing()}, true);
    EXPECT_EQ(send(server, {"--tls", "--insecure"}).code, ExitCode::ok);
    ScriptedSmtp unknown({willing()}, true);
    EXPECT_EQ(send(unknown, {"--security", "tls"}).code, ExitCode::network);
    EXPECT_EQ(unknown.commands(), "");
    ScriptedSmtp later({over_starttls()});
    const auto outcome = send(later, {"--tls"});
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_TRUE(holds(outcome.log, "--security starttls?")) << outcome.log;
}

// C5
TEST_F(SendMailTls, BelievesNothingThatWasSaidInTheClear) {
    ScriptedSmtp server(
        {{"220 x", tls_offer, "220 ready\r\n250-evil\r\n250 AUTH LOGIN", "$SILENT"}});
    const auto outcome = send(server, with_login({"--helo", "me"}));
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_TRUE(holds(outcome.log, "said in the clear behind")) << outcome.log;
    EXPECT_EQ(server.commands(), "EHLO me|STARTTLS|");
}

// C6
TEST_F(SendMailTls, SaysNothingMoreWithoutTheTlsThatIsRequired) {
    for (const auto& script : {
             Script{"220 x", "250-host\r\n250 AUTH PLAIN", "221 bye"},
             Script{"220 x", tls_offer, "454 4.7.0 not now", "221 bye"},
             Script{"220 x", tls_offer, "502 what", "221 bye"},
             Script{"220 x", "502 what", "221 bye"},
             Script{"220 x", tls_offer, "220 go\r\n", "$SILENT"},
         }) {
        ScriptedSmtp server({script});
        const auto outcome =
            send(server, with_login({"--security", "starttls", "--timeout", "300ms"}));
        EXPECT_EQ(outcome.code, ExitCode::network) << script[1];
        EXPECT_FALSE(holds(server.commands(), "AUTH")) << server.commands();
        EXPECT_FALSE(holds(server.commands(), "MAIL"));
    }
}

TEST_F(SendMailTls, DoesWithoutTheTlsThatIsOnlyOffered) {
    auto script = willing();
    script.insert(script.begin() + 1, tls_offer);
    script[2] = "454 4.7.0 not now";
    ScriptedSmtp server({script});
    EXPECT_EQ(send(server).code, ExitCode::ok);
    auto never = willing(tls_offer);
    ScriptedSmtp clear({never});
    EXPECT_EQ(send(clear, {"--security", "none"}).code, ExitCode::ok);
    EXPECT_FALSE(holds(clear.commands(), "STARTTLS"));
}

TEST_F(SendMailTls, LogsIn) {
    auto script = willing("250-host\r\n250 AUTH PLAIN LOGIN");
    script.insert(script.begin() + 2, "235 2.7.0 welcome");
    ScriptedSmtp server({script});
    EXPECT_EQ(send(server, with_login({"--helo", "me"})).code, ExitCode::ok);
    EXPECT_TRUE(server.commands().starts_with("EHLO me|" + plain_line() + "|MAIL")) << "loopback";
}

TEST_F(SendMailTls, SaysWhyTheLoginFails) {
    ScriptedSmtp server({{"220 x", "250-host\r\n250 AUTH PLAIN", "535 5.7.8 no", "221 bye"}});
    const auto outcome = send(server, with_login(), cli::Output::Format::json);
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(holds(outcome.log, "does not let us in: 535 5.7.8 no")) << outcome.log;
    EXPECT_TRUE(holds(outcome.output, R"("step":"auth","code":535)")) << outcome.output;
}

void expect_no_proof(const std::string& shown, std::string said) {
    for (; !said.empty(); said.erase(0, said.find('|') + 1)) {
        const auto line = said.substr(0, said.find('|'));
        const auto proof = line.substr(line.rfind(' ') + 1);
        const bool is_proof = line.starts_with("AUTH PLAIN") || line.find(' ') == line.npos;
        EXPECT_FALSE(is_proof && line != "QUIT" && holds(shown, proof)) << proof;
    }
}

// Whatever the server does, neither form of the password is in anything we write.
TEST_F(SendMailTls, ShowsNoPasswordToAnybody) {
    for (const auto& method : {"plain"s, "login"s, "cram-md5"s}) {
        Script script = {"220 x", "250-host\r\n250 AUTH PLAIN LOGIN CRAM-MD5"};
        if (method == "login")
            script.insert(script.end(), {"334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"});
        if (method == "cram-md5") script.emplace_back("334 PDE+");
        script.insert(script.end(), {"535 no", "221 bye"});
        for (const auto* trace : {"--trace=text", "--trace=hex", "-v"}) {
            ScriptedSmtp server({script});
            const auto outcome = send(server, with_login({"--auth", method, trace}));
            EXPECT_EQ(outcome.code, ExitCode::refused);
            EXPECT_TRUE(holds(outcome.log, "redacted")) << outcome.log;
            const auto all = outcome.log + outcome.output;
            expect_no_proof(all, server.commands());
            EXPECT_FALSE(holds(all, secret));
            EXPECT_FALSE(holds(all, proto::base64(secret)));
        }
    }
}

TEST_F(SendMailTls, TakesThePasswordFromManyPlaces) {
    const auto config = file("config", "user = tim\npassword = hunter2\n");
    std::filesystem::permissions(config, std::filesystem::perms::owner_read);
    const auto open = file("open", "user = tim\npassword = hunter2\n");
    for (const auto& from : {
             std::vector{"--user"s, "tim"s, "--password-file"s, file("secret", "hunter2\r\nx")},
             std::vector{"--user"s, "tim"s, "--password-cmd"s, "echo hunter2"s},
             std::vector{"--config"s, config},
             std::vector{"--config"s, open},
         }) {
        auto script = willing("250-host\r\n250 AUTH PLAIN");
        script.insert(script.begin() + 2, "235 welcome");
        ScriptedSmtp server({script});
        const auto outcome = send(server, from);
        EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
        EXPECT_TRUE(holds(server.commands(), plain_line())) << server.commands();
        EXPECT_EQ(holds(outcome.log, "chmod 600"), from[1] == open) << outcome.log;
    }
    expect_usage({"--from=a@x", "--to=b@x", "--user=tim", "--body=x", "--password-file=a",
                  "--password-env=b"},
                 "exclude one another");
    expect_usage({"--from=a@x", "--to=b@x", "--user=tim", "--body=x", "--password-env=UNSET"},
                 "is not set");
    const auto failing = run_to_end(
        "send-mail", {"--from=a@x", "--to=b@x", "--user=tim", "--body=x", "--password-cmd=false"});
    EXPECT_EQ(failing.code, ExitCode::local);
}

}  // namespace
}  // namespace nettool::test
