#include "support/running_command.hpp"
#include "support/temporary_directory.hpp"

#include <boost/asio/ip/udp.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace nettool::test {
namespace {

using cli::ExitCode;

constexpr auto human = cli::Output::Format::human;

/// udp-log-server with a file, and a socket of a client's.
class UdpLog : public testing::Test {
protected:
    UdpLog() : socket_(io_, asio::ip::udp::endpoint(asio::ip::make_address("127.0.0.1"), 0)) {}

    void start(std::vector<std::string> options = {}) {
        options.insert(options.end(), {"--port=0", "-o", file_});
        server_ = std::make_unique<RunningCommand>("udp-log-server", std::move(options), human);
        endpoint_ = server_->endpoint();
    }
    void send(std::string_view bytes) {
        socket_.send_to(asio::buffer(bytes), {asio::ip::make_address("127.0.0.1"), endpoint_.port});
    }
    Outcome udp_send(std::vector<std::string> arguments, std::string input = {}) {
        arguments.insert(arguments.begin(), {"127.0.0.1", std::to_string(endpoint_.port)});
        return run_to_end("udp-send", std::move(arguments), std::move(input), human);
    }
    std::string stop() {
        stopped_ = server_->stop();
        return contents(file_);
    }

    TemporaryDirectory directory_;
    std::string file_ = directory_.file("datagrams.txt");
    asio::io_context io_;
    asio::ip::udp::socket socket_;
    std::unique_ptr<RunningCommand> server_;
    net::Endpoint endpoint_;
    ExitCode stopped_{};
};

TEST_F(UdpLog, RecordsWhoSentWhatAndWhen) {
    start();
    send("hello");
    const auto text = stop();
    EXPECT_EQ(stopped_, ExitCode::ok);
    ASSERT_GT(text.size(), 32u);
    EXPECT_EQ(text.substr(4, 1) + text.substr(19, 1) + text.substr(26, 7), "-. +0000\t") << text;
    EXPECT_EQ(text.substr(33),
              "127.0.0.1\t" + std::to_string(socket_.local_endpoint().port()) +
                  "\t5\t5d41402abc4b2a76b9719d911017c592\t"
                  "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n");
    EXPECT_TRUE(server_->output().ends_with(
        text + "1 datagrams received, 0 not recorded, 0 dropped by the kernel\n"))
        << server_->output();
}

TEST_F(UdpLog, LosesNothingThatHasComeWhenItIsStopped) {
    start();
    constexpr int fits_into_the_kernel = 200;
    for (int i = 0; i < fits_into_the_kernel; ++i) send(std::to_string(i));
    const auto text = stop();
    EXPECT_EQ(std::ranges::count(text, '\n'), 200);
    EXPECT_TRUE(server_->output().find("200 datagrams received, 0 not") != std::string::npos);
}

TEST_F(UdpLog, AppendsAndKnowsOtherFormats) {
    start({"--format=csv", "--fsync"});
    send("");
    const auto csv = stop();
    EXPECT_NE(csv.find(",0,d41d8cd98f00b204e9800998ecf8427e,e3b0c442"), std::string::npos) << csv;
    start({"--format=json"});
    send(std::string(9000, 'x'));
    const auto both = stop();
    EXPECT_TRUE(both.starts_with(csv));
    EXPECT_NE(both.find(R"("size_bytes":9000,"md5":")"), std::string::npos) << both;
}

TEST_F(UdpLog, GoesOnWhenTheDiskIsFullAndSaysSoOnce) {
    file_ = "/dev/full";
    start();
    send("a");
    send("b");
    stopped_ = server_->stop();
    EXPECT_EQ(stopped_, ExitCode::local);
    EXPECT_EQ(std::ranges::count(server_->log(), '\n'), 1) << server_->log();
    EXPECT_NE(server_->output().find("2 datagrams received, 2 not recorded"), std::string::npos);
}

TEST_F(UdpLog, AnswersWhenAskedButNeverMoreThanCame) {
    start({"--ack"});
    std::array<char, 100> buffer;
    for (const auto& [sent, answered] :
         {std::pair("hello", "ack"), std::pair("x", "a"), std::pair("", "")}) {
        send(sent);
        const auto size = socket_.receive(asio::buffer(buffer));
        EXPECT_EQ(std::string_view(buffer.data(), size), answered);
    }
}

TEST_F(UdpLog, IsSentToByUdpSend) {
    start({"--format=json"});
    EXPECT_EQ(udp_send({"hello"}).output,
              "1 datagram of 5 bytes to 127.0.0.1:" + std::to_string(endpoint_.port) + "\n");
    EXPECT_EQ(udp_send({"--count=3", "--interval=1ms", "--hex", "00 ff:0A"}).code, ExitCode::ok);
    EXPECT_EQ(udp_send({"-"}, "from standard input\n").code, ExitCode::ok);
    EXPECT_EQ(udp_send({"--hex", "0"}).code, ExitCode::usage);
    EXPECT_EQ(udp_send({"--hex", "xx"}).code, ExitCode::usage);
    const auto big = udp_send({"-"}, std::string(70'000, 'x'));
    EXPECT_EQ(big.code, ExitCode::network) << big.log;
    const auto text = stop();
    EXPECT_EQ(std::ranges::count(text, '\n'), 5) << text;
    EXPECT_NE(text.find(R"("size_bytes":20,)"), std::string::npos) << text;
}

TEST_F(UdpLog, IsWaitedForAMoment) {
    std::uint16_t free = 0;
    {
        asio::ip::udp::socket probe(io_, {asio::ip::make_address("127.0.0.1"), 0});
        free = probe.local_endpoint().port();
    }
    const auto port = std::to_string(free);
    const auto nobody = run_to_end("udp-send", {"127.0.0.1", port, "hello"});
    EXPECT_EQ(nobody.code, ExitCode::network);
    EXPECT_NE(nobody.log.find("cannot send to 127.0.0.1:" + port + ": Connection refused"),
              std::string::npos)
        << nobody.log;
    RunningCommand sender("udp-send", {"127.0.0.1", port, "hello"}, human);
    RunningCommand server("udp-log-server", {"--port=" + port, "-o", file_}, human);
    EXPECT_EQ(sender.wait(), ExitCode::ok) << sender.log();
    server.wait_for_output("\t5\t5d41402abc4b2a76b9719d911017c592\t");
}

// The flood is longer than the kernel's buffer, and nothing comes behind it that could tell.
TEST_F(UdpLog, CountsWhatTheKernelDropped) {
    start();
    constexpr std::uint64_t many = 3000;
    const std::string large(60'000, 'x');
    for (std::uint64_t i = 0; i < many; ++i) send(large);
    stop();
    std::uint64_t received = 0, dropped = 0;
    const auto output = server_->output();
    const auto summary = output.substr(output.rfind('\n', output.size() - 2) + 1);
    ASSERT_EQ(std::sscanf(summary.c_str(), "%lu datagrams received, 0 not recorded, %lu dropped",
                          &received, &dropped),
              2)
        << summary;
    EXPECT_EQ(received + dropped, many);
}

}  // namespace
}  // namespace nettool::test
