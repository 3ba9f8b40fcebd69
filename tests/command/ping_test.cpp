#include "support/running_command.hpp"

#include <boost/asio/ip/multicast.hpp>
#include <boost/asio/ip/udp.hpp>

#include <gtest/gtest.h>

#include <functional>

namespace nettool::test {
namespace {

using asio::ip::udp;
using cli::ExitCode;
using namespace std::chrono_literals;

constexpr auto human = cli::Output::Format::human;
constexpr auto json = cli::Output::Format::json;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// A UDP socket of a test's own, that gives up after two seconds.
class Peer {
public:
    explicit Peer(const char* address = "127.0.0.1")
        : socket_(io_, udp::endpoint(asio::ip::make_address(address), 0)) {
        const timeval patience{2, 0};
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }

    std::uint16_t port() const { return socket_.local_endpoint().port(); }
    udp::socket& socket() { return socket_; }
    void send(std::string_view bytes, const char* address, std::uint16_t to) {
        socket_.send_to(asio::buffer(bytes), {asio::ip::make_address(address), to});
    }
    void reply(std::string_view bytes) { socket_.send_to(asio::buffer(bytes), last_); }
    /// "-" when nothing comes.
    std::string receive(std::chrono::milliseconds patience = 2s) {
        const auto us = std::chrono::microseconds(patience).count();
        const timeval limit{us / 1'000'000, us % 1'000'000};
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        std::array<char, 2048> buffer;
        socklen_t size = static_cast<socklen_t>(last_.capacity());
        const auto n = ::recvfrom(socket_.native_handle(), buffer.data(), buffer.size(), 0,
                                  last_.data(), &size);
        if (n < 0) return "-";
        last_.resize(size);
        return {buffer.data(), static_cast<std::size_t>(n)};
    }
    std::uint16_t last_port() const { return last_.port(); }
    std::string last_address() const { return last_.address().to_string(); }

private:
    asio::io_context io_;
    udp::socket socket_;
    udp::endpoint last_;
};

/// Answers the probes of one `ping` as the script says; probes are numbered from 1.
Outcome ping_against(const std::function<void(Peer&, const std::string&, int)>& script,
                     std::vector<std::string> options = {}, int probes = 3) {
    Peer server;
    options.insert(options.begin(), {"127.0.0.1", std::to_string(server.port()),
                                     "-c" + std::to_string(probes), "-W300ms"});
    std::jthread thread([&](const std::stop_token& stop) {
        for (int number = 1; !stop.stop_requested();) {
            const auto probe = server.receive(50ms);
            if (probe != "-") script(server, probe, number++);
        }
    });
    return run_to_end("ping", std::move(options));
}

TEST(Ping, TalksWithItsServer) {
    RunningCommand server("ping-server", {"--port=0"});
    const auto port = std::to_string(server.endpoint().port);
    const auto outcome = run_to_end("ping", {"127.0.0.1", port});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_TRUE(outcome.output.starts_with("Ping 1: reply from 127.0.0.1:" + port + " bytes=33 "))
        << outcome.output;
    EXPECT_TRUE(contains(outcome.output, "10 packets transmitted, 10 received, 0% packet loss, "));
    EXPECT_TRUE(contains(outcome.output, "\nrtt min/avg/max/mdev = ")) << outcome.output;
    const auto quiet = run_to_end("ping", {"-q", "-c2", "-s200", "127.0.0.1:" + port});
    EXPECT_TRUE(quiet.output.starts_with("--- 127.0.0.1:" + port)) << quiet.output;
    const auto lines = run_to_end("ping", {"-c1", "127.0.0.1:" + port}, {}, json).output;
    EXPECT_TRUE(lines.starts_with(R"({"event":"reply","seq":1,"rtt_ms":)")) << lines;
    EXPECT_TRUE(contains(lines, R"("clock":"kernel")")) << lines;
}

TEST(PingServer, AnswersInThreeWays) {
    for (const auto& [option, answer] :
         {std::pair("--seed=1", "Pong 1 2"), std::pair("--echo", "Ping 1 2"),
          std::pair("--upper", "PING 1 2")}) {
        RunningCommand server("ping-server", {"--port=0", option});
        Peer peer;
        peer.send("Ping 1 2", "127.0.0.1", server.endpoint().port);
        EXPECT_EQ(peer.receive(), answer);
        EXPECT_EQ(run_to_end("ping-server", {option, "--rate=3"}).code, ExitCode::usage);
    }
    EXPECT_EQ(run_to_end("ping-server", {"--upper", "--echo"}).code, ExitCode::usage);
    EXPECT_EQ(run_to_end("ping-server", {"--loss=30"}).code, ExitCode::usage);
    EXPECT_EQ(run_to_end("ping-server", {"--loss=101%"}).code, ExitCode::usage);
}

TEST(PingServer, LosesTheSameFromTheSameSeed) {
    const auto lost = [] {
        RunningCommand server("ping-server", {"--port=0", "--loss=kurose", "--seed=5"});
        const auto port = std::to_string(server.endpoint().port);
        std::string seen;
        const auto lines =
            run_to_end("ping", {"127.0.0.1", port, "-c30", "-i2ms", "-W200ms"}, {}, json);
        for (int seq = 1; seq <= 30; ++seq)
            seen += contains(lines.output, R"("timeout","seq":)" + std::to_string(seq) + "}") ? 'x'
                                                                                              : '.';
        return seen;
    };
    const auto once = lost();
    EXPECT_EQ(lost(), once);
    EXPECT_TRUE(contains(once, "x") && contains(once, ".")) << once;
}

TEST(PingServer, IsAsBadANetworkAsIsAskedFor) {
    RunningCommand server("ping-server", {"--port=0", "--delay=30ms", "--duplicate=100%"});
    const auto port = std::to_string(server.endpoint().port);
    const auto outcome = run_to_end("ping", {"127.0.0.1", port, "-c10", "-i5ms", "-W1s"});
    EXPECT_TRUE(contains(outcome.output, "10 received, 0% packet loss")) << outcome.output;
    EXPECT_TRUE(contains(outcome.output, "\n10 duplicates") ||
                contains(outcome.output, "\n9 duplicates"))
        << "the last one's may come after the end" << outcome.output;
    EXPECT_EQ(run_to_end("ping", {"127.0.0.1", port, "-c2", "--max-rtt=10ms"}).code,
              ExitCode::refused);

    RunningCommand mixer("ping-server", {"--port=0", "--reorder=30%", "--seed=1"});
    const auto mixed = run_to_end(
        "ping", {"127.0.0.1", std::to_string(mixer.endpoint().port), "-c20", "-i5ms", "-W1s"});
    EXPECT_TRUE(contains(mixed.output, "20 received")) << mixed.output;
    EXPECT_FALSE(contains(mixed.output, " 0 reordered")) << mixed.output;

    RunningCommand noise("ping-server", {"--port=0", "--corrupt=100%", "--seed=1"});
    const auto damaged = run_to_end(
        "ping", {"127.0.0.1", std::to_string(noise.endpoint().port), "-c20", "-i2ms", "-W100ms"});
    EXPECT_TRUE(contains(damaged.output, " 0 stray")) << damaged.output;
    EXPECT_FALSE(contains(damaged.output, " 0 corrupt")) << damaged.output;
}

// The socket API returns one datagram at a time, so the answer leaves from the address it chose.
TEST(PingServer, AnswersFromTheAddressThatWasAsked) {
    RunningCommand server("ping-server", {"--port=0", "--host=0.0.0.0"});
    const auto port = server.endpoint().port;
    Peer peer("0.0.0.0");
    for (const auto* address : {"127.0.0.1", "127.0.0.77"}) {
        peer.send("Ping 1 1", address, port);
        EXPECT_EQ(peer.receive(), "Pong 1 1");
        EXPECT_EQ(peer.last_address(), address);
    }
    RunningCommand both("ping-server", {"--port=0", "--host=::"});
    peer.send("Ping 1 1", "127.0.0.78", both.endpoint().port);
    EXPECT_EQ(peer.receive(), "Pong 1 1");
    EXPECT_EQ(peer.last_address(), "127.0.0.78");
}

TEST(PingServer, DoesNotAnswerBroadcasts) {
    for (const auto* host : {"0.0.0.0", "::"}) {
        RunningCommand server("ping-server", {"--port=0", std::string("--host=") + host});
        const auto port = server.endpoint().port;
        Peer peer("0.0.0.0");
        peer.socket().set_option(asio::socket_base::broadcast(true));
        peer.send("Ping 1 1", "127.255.255.255", port);
        EXPECT_EQ(peer.receive(100ms), "-");
        peer.send("Ping 1 1", "127.0.0.1", port);
        EXPECT_EQ(peer.receive(), "Pong 1 1");
    }
}

TEST(PingServer, EndsALoopAndSaysSo) {
    RunningCommand server("ping-server", {"--port=0"});
    const auto port = server.endpoint().port;
    Peer peer;
    for (int i = 0; i < 150; ++i) peer.send("again", "127.0.0.1", port);
    int answers = 0;
    while (peer.receive(200ms) != "-") ++answers;
    EXPECT_EQ(answers, 100);
    EXPECT_TRUE(contains(server.log(), "a loop")) << server.log();
}

TEST(Ping, UnderstandsTheTextbooksServer) {
    const auto upper = [](Peer& server, std::string probe, int) {
        for (auto& c : probe)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
        server.reply(probe);
    };
    const auto outcome = ping_against(upper);
    EXPECT_TRUE(contains(outcome.output, "3 received")) << outcome.output;
    EXPECT_FALSE(contains(outcome.output, "unverified")) << outcome.output;
    const auto pong = [](Peer& server, const std::string&, int) { server.reply("pong"); };
    const auto foreign = ping_against(pong);
    EXPECT_TRUE(contains(foreign.output, "3 received")) << foreign.output;
    EXPECT_TRUE(contains(foreign.output, "(unverified)")) << foreign.output;
}

TEST(Ping, CountsEverythingAsWhatItIs) {
    const auto bad = [](Peer& server, const std::string& probe, int number) {
        auto flipped = probe;
        flipped[9] = static_cast<char>(flipped[9] ^ 1);
        auto wrong_number = probe;
        wrong_number[5] = '9';
        Peer elsewhere;
        switch (number) {
            case 1:
                server.reply(probe);
                server.reply(probe);
                break;
            case 2: server.reply(probe.substr(0, 12)); break;
            case 3: server.reply(flipped); break;
            case 4: server.reply(wrong_number); break;
            case 5: elsewhere.send(probe, "127.0.0.1", server.last_port()); break;
            default: server.reply(probe);
        }
    };
    const auto outcome = ping_against(bad, {}, 6);
    EXPECT_TRUE(contains(outcome.output, "6 packets transmitted, 2 received, 66.6667% packet"))
        << outcome.output;
    EXPECT_TRUE(contains(outcome.output, "1 duplicates, 0 reordered, 0 late, 3 corrupt, 1 stray"))
        << outcome.output;
    EXPECT_EQ(outcome.code, ExitCode::ok);
}

TEST(Ping, KeepsALateReplyLost) {
    const auto slow = [](Peer& server, const std::string& probe, int number) {
        if (number == 1) std::this_thread::sleep_for(400ms);
        server.reply(probe);
    };
    const auto outcome = ping_against(slow, {"--max-loss=10%"}, 2);
    EXPECT_TRUE(contains(outcome.output, "Ping 1: Request timed out (lost)")) << outcome.output;
    EXPECT_TRUE(contains(outcome.output, "2 packets transmitted, 1 received, 50% packet loss"))
        << outcome.output;
    EXPECT_TRUE(contains(outcome.output, " 1 late,")) << outcome.output;
    EXPECT_EQ(outcome.code, ExitCode::refused);
}

TEST(Ping, SaysThatNobodyIsThere) {
    std::uint16_t free = 0;
    { free = Peer().port(); }
    const auto outcome = run_to_end("ping", {"127.0.0.1", std::to_string(free), "-c2", "-W50ms"});
    EXPECT_TRUE(outcome.output.starts_with("Ping 1: Destination port unreachable\nPing 2: "))
        << outcome.output;
    EXPECT_FALSE(contains(outcome.output, "rtt ")) << outcome.output;
    EXPECT_EQ(outcome.code, ExitCode::refused);
}

TEST(Ping, EndsRegularlyWhenItIsStopped) {
    Peer silent;
    RunningCommand ping("ping", {"127.0.0.1", std::to_string(silent.port()), "-c0", "-W50ms"},
                        human);
    ping.wait_for_output("Ping 2: Request timed out (lost)\n");
    EXPECT_EQ(ping.stop(asio::cancellation_type::total), ExitCode::refused);
    EXPECT_TRUE(contains(ping.output(), " packets transmitted, 0 received, 100% packet loss"));
    const auto limited = run_to_end(
        "ping", {"127.0.0.1", std::to_string(silent.port()), "-c0", "-W50ms", "-w120ms"});
    EXPECT_TRUE(contains(limited.output, "3 packets transmitted")) << limited.output;
}

TEST(Ping, RefusesWhatMakesNoSense) {
    for (const auto* option : {"-s20", "-s70000", "-W0s", "-i0s", "--max-loss=1", "-c-1", "--tls"})
        EXPECT_EQ(run_to_end("ping", {option}).code, ExitCode::usage) << option;
}

}  // namespace
}  // namespace nettool::test
