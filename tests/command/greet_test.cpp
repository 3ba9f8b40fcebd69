#include "support/running_command.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace nettool::test {
namespace {

using cli::ExitCode;

// `2026-10-05 14:03:22 +0000 127.0.0.1 54321`, digits standing for any digit.
bool is_greeting(std::string_view line) {
    constexpr std::string_view form = "dddd-dd-dd dd:dd:dd +0000 127.0.0.1 ";
    if (line.size() <= form.size()) return false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char wanted = i < form.size() ? form[i] : 'd';
        const bool digit = line[i] >= '0' && line[i] <= '9';
        if (wanted == 'd' ? !digit : line[i] != wanted) return false;
    }
    return true;
}

TEST(GreetServer, SpeaksFirstAndTellsTheSameToStandardOutputAndTheLog) {
    const TemporaryDirectory directory;
    const auto log = directory.file("visitors");
    RunningCommand server("greet-server", {"--port=0", "--log", log}, cli::Output::Format::human);
    const auto endpoint = server.endpoint();
    std::string told;
    for (int i = 0; i < 2; ++i) {
        const auto line = LineClient(endpoint).rest();
        EXPECT_TRUE(is_greeting(line.substr(0, line.size() - 1))) << line;
        told += line;
    }
    EXPECT_EQ(server.stop(), ExitCode::ok);
    EXPECT_EQ(contents(log), told);
    EXPECT_TRUE(server.output().ends_with(told)) << server.output();
}

TEST(GreetServer, AppendsToTheLogOfYesterday) {
    const TemporaryDirectory directory;
    const auto log = directory.file("visitors");
    std::ofstream(log) << "yesterday\n";
    RunningCommand server("greet-server", {"--port=0", "--log", log});
    const auto line = LineClient(server.endpoint()).rest();
    EXPECT_EQ(server.stop(), ExitCode::ok);
    EXPECT_EQ(contents(log), "yesterday\n" + line);
}

TEST(GreetServer, HoldsTheConnectionWhenAsked) {
    RunningCommand server("greet-server", {"--port=0", "--hold"});
    LineClient client(server.endpoint());
    EXPECT_TRUE(is_greeting(client.receive()));
    client.send("still here");
    client.end();
    EXPECT_EQ(client.rest(), "");
}

TEST(GreetServer, GreetsOnWhenTheDiskIsFullAndSaysSoInTheEnd) {
    RunningCommand server("greet-server", {"--port=0", "--log", "/dev/full"});
    const auto line = LineClient(server.endpoint()).rest();
    EXPECT_NE(line, "");
    EXPECT_EQ(server.stop(), ExitCode::local);
    EXPECT_EQ(server.log(), "greet-server: cannot write /dev/full: No space left on device\n");
}

TEST(GreetServer, RefusesALogThatCannotBeWritten) {
    const auto outcome =
        run_to_end("greet-server", {"--port=0", "--log", "/no/such/directory/log"});
    EXPECT_EQ(outcome.code, ExitCode::local);
    EXPECT_EQ(outcome.output, "");
    EXPECT_EQ(outcome.log,
              "greet-server: cannot write /no/such/directory/log: No such file or directory\n");
}

TEST(GreetClient, ShowsTheGreeting) {
    RunningCommand server("greet-server", {"--port=0"});
    const auto port = std::to_string(server.endpoint().port);
    const auto outcome = run_to_end("greet-client", {"127.0.0.1", port});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_TRUE(is_greeting(outcome.output.substr(0, outcome.output.size() - 1)));
}

TEST(GreetClient, TakesAGreetingWithoutLineFeedFromAServerThatHolds) {
    ScriptedServer server([](auto& stream) {
        stream << "welcome" << std::flush;
        stream.get();
    });
    const auto outcome = run_to_end("greet-client", {"127.0.0.1:" + server.port()});
    EXPECT_EQ(outcome.output, "welcome\n");
}

TEST(GreetClient, LetsNoGreetingDriveTheTerminal) {
    ScriptedServer server([](auto& stream) { stream << "\x1b]0;owned\x07\n" << std::flush; });
    const auto outcome = run_to_end("greet-client", {"127.0.0.1:" + server.port()});
    EXPECT_EQ(outcome.output, "\\x1b]0;owned\\x07\n");
}

TEST(GreetClient, SaysThatNothingCame) {
    ScriptedServer server([](auto&) {});
    const auto outcome = run_to_end("greet-client", {"127.0.0.1:" + server.port()});
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_EQ(outcome.log,
              "greet-client: 127.0.0.1:" + server.port() + " closed without a greeting\n");
}

}  // namespace
}  // namespace nettool::test
