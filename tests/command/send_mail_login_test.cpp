// What send-mail advises where a server wants more than it was given.

#include "support/send_mail.hpp"

namespace nettool::test {
namespace {

using SendMailLogin = SendMail;

const std::string login_offer = "250-x\r\n250 AUTH PLAIN";

TEST_F(SendMailLogin, SaysWhatA530Misses) {
    ScriptedSmtp server({{"220 x", plain_offer, "530 5.7.0 first", "221 bye"}});
    const auto neither = send(server);
    EXPECT_EQ(neither.code, ExitCode::refused);
    EXPECT_TRUE(holds(neither.log, "TLS (--security starttls), a login (--user) or both"))
        << neither.log;
    ScriptedSmtp in_clear(
        {{"220 x", login_offer, "235 in", "530 5.7.0 Must issue STARTTLS", "221 bye"}});
    const auto login = send(in_clear, {"--user", "a", "--password-cmd", "echo x"});
    EXPECT_TRUE(holds(login.log, "the server wants TLS: --security starttls")) << login.log;
    ScriptedSmtp over_tls({{"220 x", plain_offer, "530 5.7.0 first", "221 bye"}}, true);
    const auto encrypted = send(over_tls, {"--tls", "--insecure"});
    EXPECT_TRUE(holds(encrypted.log, "the server wants a login: --user")) << encrypted.log;
    ScriptedSmtp both({{"220 x", login_offer, "235 in", "530 5.7.0 no", "221 bye"}}, true);
    const auto enough =
        send(both, {"--tls", "--insecure", "--user", "a", "--password-cmd", "echo x"});
    EXPECT_EQ(enough.code, ExitCode::refused);
    EXPECT_FALSE(holds(enough.log, "the server wants")) << enough.log;
}

TEST_F(SendMailLogin, NamesTheLoginThatIsNotOffered) {
    ScriptedSmtp server({{"220 x", login_offer, "221 bye"}});
    const auto outcome =
        send(server, {"--user", "a", "--password-cmd", "echo x", "--auth", "scram-sha-256"});
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(holds(outcome.log, "does not offer SCRAM-SHA-256, only PLAIN")) << outcome.log;
}

}  // namespace
}  // namespace nettool::test
