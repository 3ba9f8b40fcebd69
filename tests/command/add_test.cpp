#include "support/running_command.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace nettool::test {
namespace {

using cli::ExitCode;
using namespace std::chrono_literals;

constexpr auto human = cli::Output::Format::human;

// A client that, like a student's, sends without line feeds and reads once.
TEST(AddServer, AnswersANaiveClient) {
    RunningCommand server("add-server", {"--port=0"}, human);
    LineClient client(server.endpoint());
    client.send("client-7");
    EXPECT_EQ(client.receive(3), "ack");
    client.send("3 7");
    EXPECT_EQ(client.receive(2), "10");
    client.send("[40, 2]");
    EXPECT_EQ(client.receive(2), "42");
    server.wait_for_output("Connection initiated by client-7\n");
    EXPECT_TRUE(server.output().ends_with("\nConnection initiated by client-7\n"));
}

TEST(AddServer, EndsItsAnswersAsTheMessagesEnd) {
    RunningCommand server("add-server", {"--port=0"});
    LineClient client(server.endpoint());
    client.send("me\r\n1 2\n3\n");
    EXPECT_EQ(client.receive(), "ack");
    EXPECT_EQ(client.receive(), "3");
    EXPECT_EQ(client.receive(), "ERROR: expected two numbers");
    client.send("4 5\nq\n");
    EXPECT_EQ(client.rest(), "9\n") << "it goes on behind an error, and ends with q";
}

TEST(AddServer, WaitsForTheSecondNumber) {
    RunningCommand server("add-server", {"--port=0"});
    LineClient client(server.endpoint());
    client.send("me");
    EXPECT_EQ(client.receive(3), "ack");
    client.send("3");
    std::this_thread::sleep_for(100ms);  // longer than a gap on loopback
    client.send(" 7");
    EXPECT_EQ(client.receive(2), "10");
    client.send("3");
    client.end();
    EXPECT_EQ(client.rest(), "ERROR: expected two numbers");
}

TEST(AddServer, ReadsThePaddedBuffersOfC) {
    RunningCommand server("add-server", {"--port=0"});
    LineClient client(server.endpoint());
    client.send(std::string("me").append(62, '\0'));
    EXPECT_EQ(client.receive(3), "ack");
    client.send(std::string("3 7").append(61, '\0'));
    EXPECT_EQ(client.receive(2), "10");
}

TEST(AddServer, RefusesWhatIsTooLongOrNoName) {
    RunningCommand server("add-server", {"--port=0"});
    LineClient client(server.endpoint());
    client.send("  \n" + std::string(300, 'x') + "\n");
    EXPECT_EQ(client.receive(), "ERROR: expected a name");
    EXPECT_EQ(client.receive(), "ERROR: the name is too long");
    client.send(std::string(70'000, 'x'));
    EXPECT_EQ(client.rest(), "ERROR: message too long\n");
}

TEST(AddServer, LetsNoNameDriveTheTerminal) {
    RunningCommand server("add-server", {"--port=0"}, human);
    LineClient client(server.endpoint());
    client.send("a\x1b[2Jb\n");
    EXPECT_EQ(client.receive(), "ack");
    server.wait_for_output("Connection initiated by a\\x1b[2Jb\n");
    EXPECT_EQ(server.output().find('\x1b'), std::string::npos);
}

Outcome add(const RunningCommand&, net::Endpoint endpoint, std::vector<std::string> arguments,
            std::string input, cli::Output::Format format = human) {
    arguments.push_back("--port=" + std::to_string(endpoint.port));
    return run_to_end("add-client", std::move(arguments), std::move(input), format);
}

TEST(AddClient, SpeaksTheTextsOfTheExercise) {
    RunningCommand server("add-server", {"--port=0"}, human);
    const auto endpoint = server.endpoint();
    const auto outcome = add(server, endpoint, {"--numbers=3,7", "--name=alice"}, "a\nx\nq\na\n");
    EXPECT_EQ(outcome.output, "3 7\nanswer received from Server = 10\nInvalid command\n");
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    server.wait_for_output("Connection initiated by alice-");
    EXPECT_EQ(add(server, endpoint, {"--line", "--numbers=-5,5"}, "a").output,
              "-5 5\nanswer received from Server = 0\n");
}

TEST(AddClient, PicksTheSameNumbersFromTheSameSeed) {
    RunningCommand server("add-server", {"--port=0"}, human);
    const auto endpoint = server.endpoint();
    const auto once = add(server, endpoint, {"--seed=4"}, "a\na\na\n").output;
    EXPECT_EQ(std::ranges::count(once, '\n'), 6);
    EXPECT_EQ(add(server, endpoint, {"--seed=4"}, "a\na\na\n").output, once);
    EXPECT_NE(add(server, endpoint, {"--seed=5"}, "a\na\na\n").output, once);
    const auto json = add(server, endpoint, {"--numbers=1,2"}, "a", cli::Output::Format::json);
    EXPECT_TRUE(json.output.starts_with(R"({"event":"numbers","first":"1","second":"2"})"))
        << json.output;
    EXPECT_NE(json.output.find(R"({"event":"answer","answer":"3",)"), std::string::npos);
}

TEST(AddClient, SaysWhatIsWrongWithAServer) {
    const auto against = [](const ScriptedServer::Script& script) {
        ScriptedServer server(script);
        return run_to_end("add-client", {"--port=" + server.port(), "--numbers=1,2"}, "a\n", human);
    };
    EXPECT_EQ(against([](auto&) {}).code, ExitCode::network);
    EXPECT_EQ(against([](auto& stream) { stream << "hello\n"
                                                << std::flush; }).code,
              ExitCode::local);
    const auto refused = against([](auto& stream) {
        std::string name("client-1000"), numbers("1 2");
        stream.read(name.data(), static_cast<std::streamsize>(name.size()));
        stream << "ack" << std::flush;
        stream.read(numbers.data(), static_cast<std::streamsize>(numbers.size()));
        stream << "ERROR: go away\n" << std::flush;
    });
    EXPECT_EQ(refused.code, ExitCode::refused) << refused.log;
    EXPECT_EQ(run_to_end("add-client", {"--numbers=1"}).code, ExitCode::usage);
    EXPECT_EQ(run_to_end("add-client", {"--numbers=1.5,2"}).code, ExitCode::usage);
}

}  // namespace
}  // namespace nettool::test
