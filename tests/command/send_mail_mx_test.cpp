// send-mail --mx: a name service of the test's own, and the servers that it names.

#include "support/dns_answer.hpp"
#include "support/send_mail.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <map>

namespace nettool::test {
namespace {

// Answers every question for one of its domains.
class NameServer {
public:
    using Exchangers = std::vector<std::pair<unsigned, std::string>>;

    explicit NameServer(std::map<std::string, Exchangers> domains)
        : socket_(io_, {asio::ip::make_address("127.0.0.1"), 0}),
          domains_(std::move(domains)),
          thread_([this] { run(); }) {}
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;
    ~NameServer() {
        asio::ip::udp::socket poke(io_, asio::ip::udp::v4());
        poke.send_to(asio::buffer("", 0), socket_.local_endpoint());
        thread_.join();
    }

    std::string address() const {
        return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
    }

private:
    void run() {
        for (;;) {
            std::array<char, 512> question;
            asio::ip::udp::endpoint peer;
            const auto size = socket_.receive_from(asio::buffer(question), peer);
            if (size == 0) return;
            constexpr std::size_t header = 12;
            std::string name;
            for (auto at = header; question[at] != 0 && at < size;) {
                const auto length =
                    static_cast<std::size_t>(static_cast<unsigned char>(question[at]));
                name += (name.empty() ? "" : ".") + std::string(&question[at + 1], length);
                at += length + 1;
            }
            const auto found = domains_.find(name);
            const auto answer = found == domains_.end()
                                    ? dns_answer(name, {}, 3, {question.data(), 2})
                                    : dns_answer(name, found->second, 0, {question.data(), 2});
            socket_.send_to(asio::buffer(answer), peer);
        }
    }

    asio::io_context io_;
    asio::ip::udp::socket socket_;
    std::map<std::string, Exchangers> domains_;
    std::thread thread_;
};

class SendMailMx : public SendMail {
protected:
    static Outcome deliver(const NameServer& names, unsigned port, const std::string& to,
                           std::vector<std::string> more = {}) {
        std::vector<std::string> arguments = {
            "--mx",   "--name-server", names.address(), "--port", std::to_string(port),
            "--from", "a@x",           "--to",          to,       "--body",
            "hello"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_to_end("send-mail", arguments);
    }
};

TEST_F(SendMailMx, AsksForTheExchangersOfEachDomain) {
    ScriptedSmtp server({willing(), willing()});
    const NameServer names(
        {{"one.example", {{10, "localhost"}}}, {"two.example", {{5, "localhost"}}}});
    const auto outcome =
        deliver(names, server.port(), "b@one.example,c@TWO.example", {"-4", "--helo", "me"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(server.commands(0), "EHLO me|MAIL FROM:<a@x>|RCPT TO:<b@one.example>|DATA|QUIT|");
    EXPECT_TRUE(holds(server.commands(1), "RCPT TO:<c@TWO.example>"));
}

TEST_F(SendMailMx, TriesTheNextOne) {
    ScriptedSmtp server({{"421 busy"}, willing()});
    const NameServer names(
        {{"x", {{10, "localhost"}, {20, "localhost.invalid"}, {30, "localhost"}}},
         {"y", {{10, "nowhere.invalid"}, {20, "localhost"}}}});
    const auto busy = deliver(names, server.port(), "b@x", {"-4"});
    EXPECT_EQ(busy.code, ExitCode::network) << "each once: there is no third\n" << busy.log;
    EXPECT_TRUE(holds(busy.log, "421 busy; next: localhost.invalid:")) << busy.log;
    const auto outcome = deliver(names, server.port(), "b@y", {"-4"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
}

TEST_F(SendMailMx, KnowsDomainsThatTakeNoMail) {
    const NameServer names({{"null.example", {{0, ""}}}});
    const auto null = deliver(names, 1, "b@null.example");
    EXPECT_EQ(null.code, ExitCode::refused);
    EXPECT_TRUE(holds(null.log, "null MX")) << null.log;
    const auto unknown = deliver(names, 1, "b@unknown.example");
    EXPECT_EQ(unknown.code, ExitCode::refused);
    EXPECT_TRUE(holds(unknown.log, "there is no domain unknown.example")) << unknown.log;
}

TEST_F(SendMailMx, TakesADomainOrAnAddressForItself) {
    ScriptedSmtp server({willing(), willing()});
    const NameServer names({{"localhost", NameServer::Exchangers()}});
    EXPECT_EQ(deliver(names, server.port(), "b@localhost", {"-4"}).code, ExitCode::ok);
    EXPECT_EQ(deliver(names, server.port(), "b@[127.0.0.1]").code, ExitCode::ok);
    const NameServer none({{"xn--r8jz45g.invalid", NameServer::Exchangers()}});
    const auto outcome = deliver(none, 1, "j\xc3\xbc@\xe4\xbe\x8b\xe3\x81\x88.invalid", {"-4"});
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_TRUE(holds(outcome.log, "xn--r8jz45g.invalid")) << outcome.log;
}

}  // namespace
}  // namespace nettool::test
