// Which server send-mail goes to, as the command line and a configuration file say it.

#include "support/send_mail.hpp"

namespace nettool::test {
namespace {

class SendMailPlace : public SendMail {
protected:
    static std::vector<std::string> to(std::vector<std::string> more) {
        more.insert(more.end(), {"--from=a@x", "--to=b@x", "--body=x"});
        return more;
    }
    static void expect_sent(const std::vector<std::string>& where, ScriptedSmtp& server) {
        const auto outcome = run_to_end("send-mail", to(where));
        EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
        EXPECT_EQ(server.messages().size(), 1U);
    }
    std::string config(const std::string& text) const { return "--config=" + file("config", text); }
};

TEST_F(SendMailPlace, TakesAPortForAServerWithoutOne) {
    ScriptedSmtp server({willing()});
    expect_sent({"--server=127.0.0.1", "--port=" + std::to_string(server.port())}, server);
}

TEST_F(SendMailPlace, TakesAPortForAProvider) {
    const auto outcome =
        run_to_end("send-mail", to({"--provider=gmail", "--port=465", "--dry-run", "--user=ada"}));
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_FALSE(holds(outcome.output, "STARTTLS")) << outcome.output;
}

TEST_F(SendMailPlace, RefusesTwoPlaces) {
    expect_usage(to({"--server=h", "--mx"}), "--server and --mx exclude one another");
    expect_usage(to({"--host=h", "--unix=p", "--mx"}), "--host, --unix and --mx exclude");
    expect_usage(to({"--unix=p", "--port=1"}), "--unix and --port exclude");
    expect_usage(to({"--server=h:1", "--port=2"}), "--port and the port of --server exclude");
    expect_usage(to({"--server=unix:p", "--port=2"}), "--port does not go with a Unix socket");
}

TEST_F(SendMailPlace, RefusesWhatIsNoServer) {
    expect_usage(to({"--server=h:0"}), "bad port");
    expect_usage(to({"--server=a b"}), "--server: bad value");
    expect_usage(to({"--server="}), "--server: bad value");
    expect_usage(to({"--host="}), "bad host");
}

TEST_F(SendMailPlace, GoesWhereTheCommandLineSays) {
    for (const auto* text :
         {"server = nowhere.invalid:1\n", "host = nowhere.invalid\nport = 1\n",
          "provider = gmail\n", "unix = /none\n", "mx = yes\nname-server = 127.0.0.1:1\n"}) {
        ScriptedSmtp server({willing()});
        expect_sent({config(text), "--server=" + server.address()}, server);
    }
    for (const auto* text : {"server = 127.0.0.1:1\n", "host = 127.0.0.1\nport = 1\n",
                             "server = 127.0.0.1\n", "unix = /none\n"}) {
        ScriptedSmtp server({willing()});
        expect_sent({config(text), "--port=" + std::to_string(server.port())}, server);
    }
    expect_usage(to({config("server = h\nunix = p\n")}), "--server and --unix exclude");
}

TEST_F(SendMail, TakesOptionsFromAFile) {
    ScriptedSmtp server({willing()});
    const auto config =
        file("config", "# mine\nserver = " + server.address() +
                           "\nfrom=wrong@x\n\nsubject = from the file\ndry-run = no\n");
    EXPECT_EQ(
        run_to_end("send-mail", {"--config", config, "--from", "a@x", "--to", "b@x", "--body", "x"})
            .code,
        ExitCode::ok);
    EXPECT_TRUE(holds(server.commands(), "MAIL FROM:<a@x>")) << "the command line wins";
    EXPECT_TRUE(holds(server.messages().at(0), "Subject: from the file"));
    expect_usage({"--config", file("bad", "a\nb = c")}, "bad:1: NAME = VALUE");
    expect_usage({"--config", file("bad", "\nnonsense = c")}, "bad:2: unknown option 'nonsense'");
    expect_usage({"--config", file("bad", "count = many")}, "bad:1: --count: bad value 'many'");
    expect_usage({"--config", file("bad", "config = x")}, "bad:1: a configuration names no");
    expect_usage({"--config", file("bad", "mx = perhaps")}, "yes or no");
}

}  // namespace
}  // namespace nettool::test
