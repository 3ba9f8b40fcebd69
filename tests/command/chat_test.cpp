#include "support/running_command.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

namespace nettool::test {
namespace {

using cli::ExitCode;
using namespace std::chrono_literals;

constexpr auto human = cli::Output::Format::human;
constexpr auto question = "Welcome to the chat room! Please enter your identification: ";

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// A chat-server, and clients that have told their names.
class Chat : public testing::Test {
protected:
    void start(std::vector<std::string> options = {}, std::string input = {}) {
        options.push_back("--port=0");
        server_ = std::make_unique<RunningCommand>("chat-server", std::move(options), human,
                                                   std::move(input));
        endpoint_ = server_->endpoint();
    }
    std::unique_ptr<LineClient> connect() {
        if (!server_) start();
        return std::make_unique<LineClient>(endpoint_);
    }
    // Has read all up to the welcome.
    std::unique_ptr<LineClient> join(const std::string& name) {
        auto client = connect();
        client->send(name + "\n");
        EXPECT_EQ(client->receive(), question);
        EXPECT_TRUE(client->receive().starts_with("Welcome, " + name + "! "));
        return client;
    }

    std::unique_ptr<RunningCommand> server_;
    net::Endpoint endpoint_;
};

TEST_F(Chat, SpeaksTheTextsOfTheExercise) {
    auto bob = join("bob");
    auto carol = join("carol");
    EXPECT_EQ(bob->receive(), "* carol joined");
    auto alice = connect();
    EXPECT_EQ(alice->receive(), question);
    alice->send("alice\n");
    EXPECT_EQ(alice->receive(), "Welcome, alice! 2 others here: bob, carol");
    EXPECT_EQ(bob->receive(), "* alice joined");
    alice->send("hello\n");
    EXPECT_EQ(bob->receive(), "alice: hello");
    bob->send("hi alice\n");
    EXPECT_EQ(alice->receive(), "bob: hi alice") << "and not what she said herself";
    alice->close();
    EXPECT_EQ(bob->receive(), "* alice left");
    server_->wait_for_output(" * alice left\n");
    EXPECT_TRUE(contains(server_->output(), " alice: hello\n")) << server_->output();
}

TEST_F(Chat, UnderstandsNaiveClients) {
    auto bob = join("bob");
    auto naive = connect();
    EXPECT_EQ(naive->receive(), question);
    naive->send("BOB");
    EXPECT_EQ(naive->receive(), "Welcome, BOB-2! 1 other here: bob");
    EXPECT_EQ(bob->receive(), "* BOB-2 joined");
    naive->send("BOB-2: without a line feed");
    EXPECT_EQ(bob->receive(), "BOB-2: without a line feed");
    naive->send(std::string("padded").append(200, '\0') + std::string("twice").append(200, '\0'));
    EXPECT_EQ(bob->receive(), "BOB-2: padded");
    EXPECT_EQ(bob->receive(), "BOB-2: twice");
}

TEST_F(Chat, AsksAgainForAnEmptyOrTakenName) {
    auto bob = join("bob");
    auto other = connect();
    other->send("bob\n\nalice\n");
    EXPECT_EQ(other->receive(), question);
    EXPECT_EQ(other->receive(), "ERROR: the name bob is taken. Please enter your identification: ");
    EXPECT_EQ(other->receive(),
              "ERROR: an identification is needed. Please enter your identification: ");
    EXPECT_EQ(other->receive(), "Welcome, alice! 1 other here: bob");
    auto stubborn = connect();
    stubborn->send("\n\n\nalice\n");
    EXPECT_TRUE(stubborn->rest().ends_with("\nERROR: an identification is needed\n"));
}

TEST_F(Chat, LetsNobodyForgeALine) {
    auto bob = join("bob");
    auto mallory = connect();
    mallory->send("* server\nrubbish\n");
    EXPECT_EQ(bob->receive(), "* _ server joined");
    EXPECT_EQ(bob->receive(), "_ server: rubbish");
    mallory->send("x\rbob: hi\x1b[2J\n");
    EXPECT_EQ(bob->receive(), "_ server: x\\x0dbob: hi\\x1b[2J");
}

TEST_F(Chat, KnowsTwoCommands) {
    auto bob = join("bob");
    auto alice = join("alice");
    EXPECT_EQ(bob->receive(), "* alice joined");
    alice->send("/who\n/etc/passwd\n/quit\nnothing more\n");
    EXPECT_EQ(alice->receive(), "* 2 here: bob, alice");
    EXPECT_EQ(alice->rest(), "");
    EXPECT_EQ(bob->receive(), "alice: /etc/passwd");
    EXPECT_EQ(bob->receive(), "* alice left");
}

TEST_F(Chat, TellsTheUnidentifiedNothing) {
    auto silent = connect();
    auto bob = join("bob");
    auto alice = join("alice");
    alice->send("secret\n");
    EXPECT_EQ(bob->receive(), "* alice joined");
    EXPECT_EQ(bob->receive(), "alice: secret");
    silent->send("silent\n");
    EXPECT_EQ(silent->receive(), question);
    EXPECT_EQ(silent->receive(), "Welcome, silent! 2 others here: bob, alice");
}

TEST_F(Chat, ShowsNewcomersTheHistoryAndTheFileEverything) {
    TemporaryDirectory directory;
    start({"--history=2", "--log=" + directory.file("log")});
    auto bob = join("bob");
    bob->send("one\ntwo\nthree\n/who\n");
    EXPECT_EQ(bob->receive(), "* 1 here: bob");
    auto alice = join("alice");
    EXPECT_EQ(alice->receive(), "bob: two");
    EXPECT_EQ(alice->receive(), "bob: three");
    EXPECT_EQ(server_->stop(), ExitCode::ok);
    const auto log = contents(directory.file("log"));
    EXPECT_TRUE(contains(log, " +0000 * bob joined\n")) << log;
    EXPECT_TRUE(contains(log, " +0000 bob: one\n")) << log;
}

TEST_F(Chat, LetsTheOperatorSpeak) {
    start({"--history=1"}, "hello all\n");
    server_->wait_for_output(" * server: hello all\n");
    EXPECT_TRUE(join("bob")) << "and goes on at the end of the input";
}

TEST_F(Chat, AsksInOtherWords) {
    start({"--ask=NICK"});
    auto naive = connect();
    EXPECT_EQ(naive->receive(4), "NICK");
    naive->send("alice");
    EXPECT_EQ(naive->receive(), "Welcome, alice! 0 others here");
}

TEST_F(Chat, CutsALineThatIsTooLong) {
    auto bob = join("bob");
    auto alice = join("alice");
    EXPECT_EQ(bob->receive(), "* alice joined");
    alice->send(std::string(10'000, 'x') + "\n");
    EXPECT_EQ(bob->receive(), "alice: " + std::string(4096, 'x'));
    EXPECT_EQ(bob->receive(), "alice: " + std::string(4096, 'x'));
    EXPECT_EQ(bob->receive(), "alice: " + std::string(1808, 'x'));
}

// What a reader does not take piles up to the bound; then it is gone, and nobody has waited.
TEST_F(Chat, DropsWhoDoesNotRead) {
    start({"--max-unsent=64K"});
    auto slow = join("slow");
    auto bob = join("bob");
    auto alice = join("alice");
    EXPECT_EQ(bob->receive(), "* alice joined");
    const std::string line(1000, 'x');
    std::size_t sent = 0;
    std::string heard;
    // Until the socket's own buffers are full, too.
    for (; sent < 20'000 && !heard.starts_with("* slow left"); ++sent) {
        alice->send(line + "\n");
        heard = bob->receive();
        ASSERT_TRUE(heard == "alice: " + line || heard == "* slow left (too slow)") << heard;
    }
    EXPECT_EQ(heard, "* slow left (too slow)") << sent;
}

TEST_F(Chat, GivesEveryLineToEveryoneInOneOrder) {
    constexpr int count = 40, lines = 50;
    std::vector<std::unique_ptr<LineClient>> clients;
    for (int i = 0; i < count; ++i) clients.push_back(join("c" + std::to_string(i)));
    auto witness = join("witness");
    for (int n = 0; n < lines; ++n)
        for (auto& client : clients) client->send(std::to_string(n) + "\n");
    std::string order;
    for (int i = 0; i < count * lines; ++i) order += witness->receive() + "\n";
    witness->send("end\n");
    for (int i = 0; i < count; ++i) {
        std::string seen, expected;
        for (std::string line;
             (line = clients[static_cast<std::size_t>(i)]->receive()) != "witness: end";)
            if (!line.starts_with("* ")) seen += line + "\n";
        const auto own = "c" + std::to_string(i) + ": ";
        for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end + 1) {
            end = order.find('\n', begin);
            const auto line = order.substr(begin, end - begin);
            if (!line.starts_with(own)) expected += line + "\n";
        }
        EXPECT_EQ(seen, expected) << i;
    }
}

TEST_F(Chat, SpeaksTls) {
    start({"--tls"});
    const auto port = "--port=" + std::to_string(endpoint_.port);
    const auto alice = run_to_end(
        "chat-client", {port, "--tls", "--insecure", "--name=alice", "--send=hi", "--wait=50ms"});
    EXPECT_TRUE(contains(alice.output, "Welcome, alice! 0 others here\n")) << alice.log;
    server_->wait_for_output(" alice: hi\n");
}

TEST_F(Chat, EndsAtOnceWhenItIsStopped) {
    auto bob = join("bob");
    const auto begin = std::chrono::steady_clock::now();
    std::jthread closes([&] {
        bob->rest();
        bob->close();
    });
    EXPECT_EQ(server_->stop(asio::cancellation_type::total), ExitCode::ok);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

class ChatClient : public Chat {
protected:
    Outcome chat(std::vector<std::string> options, std::string input = {}) {
        if (!server_) start();
        options.push_back("--port=" + std::to_string(endpoint_.port));
        return run_to_end("chat-client", std::move(options), std::move(input));
    }
};

TEST_F(ChatClient, SaysWhatIsPipedIn) {
    start();
    auto bob = join("bob");
    const auto outcome = chat({}, "alice\nhello\nthere\n");
    EXPECT_EQ(outcome.output, std::string(question) + "\nWelcome, alice! 1 other here: bob\n");
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    for (const auto* line : {"* alice joined", "alice: hello", "alice: there", "* alice left"})
        EXPECT_EQ(bob->receive(), line);
}

TEST_F(ChatClient, SaysWhatItIsTold) {
    start();
    auto bob = join("bob");
    bob->send("too early\n");
    std::jthread answer([&] {
        while (bob->receive() != "alice: two") {
        }
        bob->send("heard\n");
    });
    const auto outcome =
        chat({"--name=alice", "--send=one", "--send=two", "--wait=300ms"}, "ignored\n");
    EXPECT_TRUE(outcome.output.ends_with("here: bob\nbob: heard\n")) << outcome.output;
}

TEST_F(ChatClient, IsToldWhenTheNameIsTaken) {
    start();
    auto bob = join("bob");
    const auto outcome = chat({"--name=Bob", "--send=x"});
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(contains(outcome.log, "the name Bob is taken")) << outcome.log;
}

TEST_F(ChatClient, TalksWithANaiveServer) {
    std::string heard;
    ScriptedServer server([&heard](auto& stream) {
        stream << "NICK" << std::flush;
        std::string name("alice"), text("hello");
        stream.read(name.data(), 5);
        stream << "ok" << std::flush;
        stream.read(text.data(), 5);
        heard = name + " " + text;
        stream << "\x1b[2Jbye" << std::flush;
    });
    const auto outcome = run_to_end(
        "chat-client", {"--port=" + server.port(), "--name=alice", "--send=hello", "--wait=300ms"});
    EXPECT_EQ(outcome.output, "NICK\nok\n\\x1b[2Jbye\n");
    EXPECT_EQ(heard, "alice hello");
    EXPECT_EQ(outcome.code, ExitCode::network) << "it closed first";
}

TEST_F(ChatClient, RefusesWhatMakesNoSense) {
    EXPECT_EQ(chat({"--name="}).code, ExitCode::usage);
    EXPECT_EQ(chat({"--name=a\nb"}).code, ExitCode::usage);
    EXPECT_EQ(chat({"--name=a", "--send=a\nb"}).code, ExitCode::usage);
    EXPECT_EQ(chat({}, "\n\n").code, ExitCode::local);
}

}  // namespace
}  // namespace nettool::test
