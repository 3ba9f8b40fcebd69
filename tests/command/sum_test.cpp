#include "support/running_command.hpp"

#include <gtest/gtest.h>

#include <future>

namespace nettool::test {
namespace {

using cli::ExitCode;

std::vector<std::string> on_any_port(std::vector<std::string> more = {}) {
    more.insert(more.begin(), "--port=0");
    return more;
}

TEST(SumServer, AnnouncesWhereItListens) {
    RunningCommand prose("sum-server", on_any_port(), cli::Output::Format::human);
    RunningCommand json("sum-server", on_any_port());
    const auto prose_port = std::to_string(prose.endpoint().port);
    const auto json_port = std::to_string(json.endpoint().port);
    EXPECT_EQ(prose.stop(), ExitCode::ok);
    EXPECT_EQ(json.stop(), ExitCode::ok);
    EXPECT_EQ(prose.output(), "listening on 127.0.0.1:" + prose_port + "\n");
    EXPECT_EQ(json.output(), R"({"event":"listening","address":"127.0.0.1","port":)" + json_port +
                                 R"(,"transport":"tcp","tls_sha256":null})" + "\n");
}

TEST(SumServer, AnswersAnUnfinishedLineAtOnce) {
    RunningCommand server("sum-server", on_any_port({"--gap=1000"}));
    LineClient client(server.endpoint());
    client.send("1|2|3|.");
    EXPECT_EQ(client.receive(1), "6");
}

TEST(SumServer, MirrorsTheLineFeedByteByByte) {
    RunningCommand server("sum-server", on_any_port({"--keep-open"}));
    LineClient client(server.endpoint());
    for (const char c : std::string_view("1.5\n|2.25|.")) client.send({&c, 1});
    EXPECT_EQ(client.receive(), "3.75");
}

TEST(SumServer, AnswersPipelinedListsInOrderThenHangsUp) {
    RunningCommand server("sum-server", on_any_port({"--gap=50"}));
    LineClient client(server.endpoint());
    client.send("1|2|.\n40|2|.\n");
    EXPECT_EQ(client.rest(), "3\n42\n");
}

TEST(SumServer, KeepsTheConnectionWhenAsked) {
    RunningCommand server("sum-server", on_any_port({"--gap=10", "--keep-open"}));
    LineClient client(server.endpoint());
    client.send("1|2|.");
    EXPECT_EQ(client.receive(1), "3");
    client.send("1|3|.");
    EXPECT_EQ(client.receive(2), "\n4");
}

TEST(SumServer, TakesAPauseForTheEndOfASloppyList) {
    RunningCommand server("sum-server", on_any_port({"--gap=50"}));
    LineClient client(server.endpoint());
    client.send("1|2|3.");
    EXPECT_EQ(client.rest(), "6");
}

TEST(SumServer, RefusesABadTokenAndHangsUp) {
    RunningCommand server("sum-server", on_any_port());
    LineClient client(server.endpoint());
    client.send("1|abc|" + std::string(100'000, '1'));  // unread, yet no reset eats the error
    EXPECT_EQ(client.rest(), "ERROR: number 2 is not a number: \"abc\"\n");
}

TEST(SumServer, SaysThatTheDotIsMissing) {
    RunningCommand server("sum-server", on_any_port());
    LineClient client(server.endpoint());
    client.send("1|2|");
    client.end();
    EXPECT_EQ(client.rest(), "ERROR: list not ended with \".\"\n");
}

TEST(SumServer, BoundsNumbersAndDigits) {
    RunningCommand server("sum-server", on_any_port({"--max-numbers=2", "--max-digits=4"}));
    const auto endpoint = server.endpoint();
    LineClient many(endpoint), long_one(endpoint);
    many.send("1|2|3|.");
    EXPECT_EQ(many.rest(), "ERROR: more than 2 numbers\n");
    long_one.send("12345|.");
    EXPECT_EQ(long_one.rest(), "ERROR: number 1 is longer than 4 characters\n");
}

TEST(SumServer, HangsUpOnASilentPeer) {
    RunningCommand server("sum-server", on_any_port({"--idle=50ms"}));
    LineClient client(server.endpoint());
    EXPECT_EQ(client.rest(), "");
    EXPECT_EQ(server.stop(), ExitCode::ok);
    EXPECT_NE(server.output().find("timed out"), std::string::npos) << server.output();
}

TEST(SumServer, HangsUpOnAPeerThatDripsWithoutEnd) {
    RunningCommand server("sum-server", on_any_port({"--first=100ms"}));
    LineClient client(server.endpoint());
    for (int i = 0; i < 5; ++i) {
        client.send("1|");
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(client.rest(), "");
}

TEST(SumServer, ServesClientsSideBySideUpToTheLimit) {
    RunningCommand server("sum-server", on_any_port({"--max-connections=2", "--keep-open"}));
    const auto endpoint = server.endpoint();
    LineClient first(endpoint), second(endpoint);
    first.send("1|");
    second.send("2|2|.\n");
    EXPECT_EQ(second.receive(), "4");
    LineClient third(endpoint);
    EXPECT_EQ(third.rest(), "ERROR: too many connections\n");
    first.send("1|.\n");
    EXPECT_EQ(first.receive(), "2");
}

TEST(SumServer, IsNotDisturbedByThoseWhoCloseResetOrSaySomethingElse) {
    RunningCommand server("sum-server", on_any_port());
    const auto endpoint = server.endpoint();
    LineClient silent(endpoint);
    for (int i = 0; i < 20; ++i) {
        LineClient(endpoint).close();
        LineClient rude(endpoint);
        rude.send("1|2");
        rude.reset();
    }
    LineClient client(endpoint);
    client.send("20|22|.\n");
    EXPECT_EQ(client.receive(), "42");
    EXPECT_EQ(server.stop(), ExitCode::ok);
    EXPECT_EQ(server.log(), "");
}

TEST(SumServer, AnswersTheLastClientAfterTheRequestToStop) {
    RunningCommand server("sum-server", on_any_port({"--gap=10"}));
    LineClient client(server.endpoint());
    client.send("1|.\n2|");
    EXPECT_EQ(client.receive(), "1");
    auto stopped = std::async([&] { return server.stop(asio::cancellation_type::total); });
    client.send("3|.\n");
    EXPECT_EQ(client.rest(), "5\n");
    client.close();
    EXPECT_EQ(stopped.get(), ExitCode::ok);
}

TEST(SumServer, EndsAfterASingleClientWhenAsked) {
    RunningCommand server("sum-server", on_any_port({"--once", "--gap=10"}));
    LineClient client(server.endpoint());
    client.send("1|1|.");
    EXPECT_EQ(client.rest(), "2");
    EXPECT_EQ(server.wait(), ExitCode::ok);
}

TEST(SumServer, ReportsASessionAsOneJsonLine) {
    RunningCommand server("sum-server", on_any_port());
    LineClient client(server.endpoint());
    client.send("1|.\nx|");
    EXPECT_EQ(client.rest(), "1\nERROR: number 1 is not a number: \"x\"\n");
    EXPECT_EQ(server.stop(), ExitCode::ok);
    EXPECT_NE(server.output().find(R"("answered":1,"refused":1,"ended":"request refused"})"),
              std::string::npos)
        << server.output();
}

Outcome ask(RunningCommand& server, std::vector<std::string> arguments, std::string input = {}) {
    arguments.insert(arguments.begin(), "--port=" + std::to_string(server.endpoint().port));
    return run_to_end("sum-client", std::move(arguments), std::move(input));
}

TEST(SumClient, PrintsTheSumAndNothingElse) {
    RunningCommand server("sum-server", on_any_port());
    const auto outcome = ask(server, {"12.5", "-0.5"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(outcome.output, "12\n");
    EXPECT_EQ(outcome.log, "");
}

TEST(SumClient, ReadsItsNumbersFromStandardInput) {
    RunningCommand server("sum-server", on_any_port());
    EXPECT_EQ(ask(server, {}, "1, 2; 3|4\n5\t6\n").output, "21\n");
}

TEST(SumClient, KeepsEveryDigitAsJson) {
    RunningCommand server("sum-server", on_any_port());
    const auto port = std::to_string(server.endpoint().port);
    const auto outcome = run_to_end(
        "sum-client", {"--port=" + port, "100000000000000000000000000000000000001", "0.1"}, {},
        cli::Output::Format::json);
    EXPECT_EQ(outcome.output,
              R"({"event":"sum","sum":"100000000000000000000000000000000000001.1","numbers":2,)"
              R"("server":"127.0.0.1:)" +
                  port + "\"}\n");
}

TEST(SumClient, RefusesWhatIsNoNumberBeforeItConnects) {
    const auto outcome = run_to_end("sum-client", {"1", "two"});
    EXPECT_EQ(outcome.code, ExitCode::usage);
    EXPECT_EQ(outcome.log, "sum-client: not a number: \"two\"\nTry 'nettool help sum-client'.\n");
}

struct Reply {
    std::string bytes;
    ExitCode code;
    std::string log;  // behind the server's name
};

TEST(SumClient, NamesWhatIsWrongWithAReply) {
    const Reply replies[] = {
        {"6", ExitCode::ok, ""},
        {"6\r\n", ExitCode::ok, ""},
        {"", ExitCode::network, "closed without an answer"},
        {"six\n", ExitCode::local, "answers no number: \"six\""},
        {"\x1b[2J\n", ExitCode::local, "answers no number: \"\\x1b[2J\""},
        {"ERROR: number 1 is not a number: \"x\"\n", ExitCode::refused, "answers \"ERROR: "},
    };
    for (const auto& reply : replies) {
        ScriptedServer server([&reply](auto& stream) {
            std::string request(4, '\0');
            stream.read(request.data(), 4);
            EXPECT_EQ(request, "1|2|");
            stream << reply.bytes << std::flush;
        });
        const auto outcome = run_to_end("sum-client", {"127.0.0.1", server.port(), "1", "2"});
        EXPECT_EQ(outcome.code, reply.code) << reply.bytes;
        EXPECT_NE(outcome.log.find(reply.log), std::string::npos) << outcome.log;
        if (reply.code == ExitCode::ok) {
            EXPECT_EQ(outcome.output, "6\n");
        }
    }
}

// Half a number looks like a whole one.
TEST(SumClient, WaitsForTheRestOfAnAnswer) {
    for (const char* gap : {"--gap=500ms", "--gap=off"}) {
        ScriptedServer server([](auto& stream) {
            stream.ignore(6);
            stream << "12" << std::flush;
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            stream << "34" << std::flush;
        });
        const auto outcome =
            run_to_end("sum-client", {"127.0.0.1", server.port(), "617", "617", gap});
        EXPECT_EQ(outcome.output, "1234\n") << gap << outcome.log;
    }
}

TEST(SumClient, FailsAtOnceWhenANamedServerIsNotThere) {
    std::string port;
    {
        ScriptedServer gone([](auto&) {});
        port = gone.port();
        asio::ip::tcp::iostream("127.0.0.1", port).get();
    }
    const auto outcome = run_to_end("sum-client", {"127.0.0.1:" + port, "1"});
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_EQ(outcome.log,
              "sum-client: cannot connect to 127.0.0.1:" + port + ": Connection refused\n");
}

TEST(SumClient, GivesUpOnASilentServer) {
    std::promise<void> given_up;
    ScriptedServer server([&given_up](auto&) { given_up.get_future().wait(); });
    const auto outcome =
        run_to_end("sum-client", {"127.0.0.1", server.port(), "1", "--timeout=100ms"});
    given_up.set_value();
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_NE(outcome.log.find("timed out"), std::string::npos) << outcome.log;
}

}  // namespace
}  // namespace nettool::test
