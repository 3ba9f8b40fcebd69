#include "support/running_command.hpp"

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/system_executor.hpp>

#include <gtest/gtest.h>

namespace nettool::test {
namespace {

using cli::ExitCode;

TEST(UpperServer, AnswersEachChunkAtOnce) {
    RunningCommand server("upper-server", {"--port=0"});
    LineClient client(server.endpoint());
    client.send("hello");
    EXPECT_EQ(client.receive(5), "HELLO");
    client.send(" wörld\n");
    EXPECT_EQ(client.receive(), " WÖRLD");
}

TEST(UpperServer, PassesAHalfCharacterOnAfterAGap) {
    RunningCommand server("upper-server", {"--port=0", "--gap=20"});
    LineClient client(server.endpoint());
    client.send("a\xc3");
    EXPECT_EQ(client.receive(2), "A\xc3");
}

TEST(UpperServer, FlushesWhatItHoldsAtTheEnd) {
    RunningCommand server("upper-server", {"--port=0", "--gap=off"});
    LineClient client(server.endpoint());
    client.send("a\xe2\x82");
    client.end();
    EXPECT_EQ(client.rest(), "A\xe2\x82");
}

TEST(UpperServer, ChangesOnlyAsciiWhenAsked) {
    RunningCommand server("upper-server", {"--port=0", "--ascii"});
    LineClient client(server.endpoint());
    client.send("aöb\n");
    EXPECT_EQ(client.receive(), "AöB");
}

TEST(UpperServer, CapitalizesEachMessage) {
    RunningCommand server("upper-server", {"--port=0", "--capitalize", "--gap=20"});
    LineClient client(server.endpoint());
    client.send("one two\nthree");
    EXPECT_EQ(client.receive(13), "One two\nThree");
}

// Somebody who never stops sending must not keep the server from stopping.
TEST(UpperServer, StopsInAFloodOfDatagrams) {
    RunningCommand server("upper-server", {"--port=0", "--udp"});
    const asio::ip::udp::endpoint target(asio::ip::address_v4::loopback(), server.endpoint().port);
    std::vector<std::jthread> senders;
    for (int i = 0; i < 2; ++i) {
        senders.emplace_back([target](const std::stop_token& stop) {
            asio::io_context io;
            asio::ip::udp::socket socket(io, asio::ip::udp::v4());
            error_code ignored;
            while (!stop.stop_requested()) socket.send_to(asio::buffer("x", 1), target, 0, ignored);
        });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // it is flooded now
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(server.stop(), ExitCode::ok);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST(UpperServer, ListensOnEveryAddressOfAName) {
    RunningCommand server("upper-server", {"--host=localhost", "--port=0", "--udp"});
    const auto first = server.endpoint();
    const auto addresses =
        asio::ip::udp::resolver(asio::system_executor()).resolve("localhost", "1");
    for (std::size_t i = 1; i < addresses.size(); ++i)
        EXPECT_EQ(server.endpoint().port, first.port);
}

TEST(UpperServer, ServesASingleClientWhenAsked) {
    RunningCommand server("upper-server", {"--port=0", "--once"});
    const auto endpoint = server.endpoint();
    LineClient client(endpoint);
    client.send("only me\n");
    EXPECT_EQ(client.receive(), "ONLY ME");
    asio::ip::tcp::iostream late(endpoint.host, std::to_string(endpoint.port));
    EXPECT_EQ(late.get(), std::char_traits<char>::eof());
    client.close();
    EXPECT_EQ(server.wait(), ExitCode::ok);
}

Outcome ask(RunningCommand& server, std::vector<std::string> arguments, std::string input) {
    arguments.insert(arguments.begin(), "--port=" + std::to_string(server.endpoint().port));
    return run_to_end("upper-client", std::move(arguments), std::move(input));
}

TEST(UpperClient, PassesAStreamThrough) {
    RunningCommand server("upper-server", {"--port=0"});
    const auto outcome = ask(server, {"--check"}, "hello\nwörld");
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(outcome.output, "HELLO\nWÖRLD");
}

TEST(UpperClient, PassesMegabytesThrough) {
    RunningCommand server("upper-server", {"--port=0"});
    const std::string input(3 << 20, 'x');
    const auto outcome = ask(server, {"--check"}, input);
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(outcome.output, std::string(3 << 20, 'X'));
}

TEST(UpperClient, SpeaksTls) {
    RunningCommand server("upper-server", {"--port=0", "--tls"});
    const auto outcome = ask(server, {"--tls", "--insecure", "--check"}, "hello\n");
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(outcome.output, "HELLO\n");
}

// TLS has no half-close here, and the upper case may be shorter than what was sent.
TEST(UpperClient, KnowsTheEndUnderTlsAlsoWhenTheAnswerIsShorter) {
    RunningCommand server("upper-server", {"--port=0", "--tls"});
    const auto outcome = ask(server, {"--tls", "--insecure", "--timeout=5s"}, "\u0131\u017f");
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(outcome.output, "IS");
}

TEST(UpperClient, DoesNotBelieveASelfSignedCertificate) {
    RunningCommand server("upper-server", {"--port=0", "--tls"});
    const auto outcome = ask(server, {"--tls"}, "hello\n");
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_NE(outcome.log.find("self-signed"), std::string::npos) << outcome.log;
    EXPECT_NE(outcome.log.find("--insecure"), std::string::npos) << outcome.log;
}

TEST(UpperClient, AsksInDatagrams) {
    RunningCommand server("upper-server", {"--port=0", "--udp"});
    const auto outcome = ask(server, {"--udp", "--check"}, "hello\n\nstraße\n");
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(outcome.output, "HELLO\n\nSTRAßE\n");
}

TEST(UpperClient, NoticesAWrongAnswer) {
    ScriptedServer server([](auto& stream) {
        stream.ignore(6);
        stream << "HELLo\n" << std::flush;
    });
    const auto outcome =
        run_to_end("upper-client", {"127.0.0.1:" + server.port(), "--check"}, "hello\n");
    EXPECT_EQ(outcome.code, ExitCode::local);
    EXPECT_NE(outcome.log.find("did not answer with the upper case"), std::string::npos);
}

TEST(UpperClient, SaysHowMuchAServerThatLeavesEarlyHasAnswered) {
    ScriptedServer server([](auto& stream) {
        stream.ignore(3);
        stream << "ONE" << std::flush;
    });
    const auto outcome = run_to_end("upper-client", {"127.0.0.1:" + server.port()},
                                    "one" + std::string(8 << 20, 'x'));
    EXPECT_EQ(outcome.code, ExitCode::network) << outcome.log;
    EXPECT_EQ(outcome.log.find('\n'), outcome.log.size() - 1) << outcome.log;
}

TEST(UpperClient, TakesASilenceForTheEndOfAnAnswer) {
    ScriptedServer server([](auto& stream) {
        std::string request(5, '\0');
        stream.read(request.data(), 5);
        stream << "HEL" << std::flush;
        stream.get();  // until the client leaves
    });
    const auto outcome = run_to_end("upper-client", {"127.0.0.1:" + server.port(), "--gap=20ms"},
                                    "hello\n", cli::Output::Format::json);
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(outcome.output, "{\"event\":\"upper\",\"text\":\"hello\",\"answer\":\"HEL\"}\n");
}

TEST(UpperClient, GivesEachLineItsAnswerAsJson) {
    RunningCommand server("upper-server", {"--port=0"});
    const auto port = std::to_string(server.endpoint().port);
    const auto outcome =
        run_to_end("upper-client", {"--port=" + port}, "a\nb\n", cli::Output::Format::json);
    EXPECT_EQ(outcome.output, R"({"event":"upper","text":"a","answer":"A"})"
                              "\n"
                              R"({"event":"upper","text":"b","answer":"B"})"
                              "\n");
}

}  // namespace
}  // namespace nettool::test
