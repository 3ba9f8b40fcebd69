#include "proxy_server/request_log.hpp"

#include "proxy_server/request_line.hpp"
#include "support/temporary_directory.hpp"
#include "support/transaction.hpp"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

namespace nettool::commands {
namespace {

using test::sample_transaction;

std::string line_of(const proxy::Transaction& transaction) {
    return print(proxied_request(transaction));
}

class RequestLogTest : public testing::Test {
protected:
    cli::StringSink results_, diagnostics_;
    cli::Output output_{results_, cli::Output::Format::human};
    const cli::Log log_{diagnostics_, cli::Log::Level::normal, "proxy-server", false};
    asio::io_context io_;
    cli::Context context_{io_.get_executor(), io_.get_executor(), output_, log_};
    test::TemporaryDirectory directory_;
};

TEST(RequestLine, IsReadAtAGlance) {
    auto transaction = sample_transaction();
    EXPECT_EQ(line_of(transaction),
              "14:03:22.123 127.0.0.1:41234 GET http://h.example/x?a=1&b=%C3%A4+c 200 5120 B "
              "5.0 ms -> 93.184.216.34:80 new");
    transaction.reused = true;
    transaction.cause = "the server closed the connection";
    transaction.injected = "latency 300ms";
    EXPECT_TRUE(line_of(transaction)
                    .ends_with(" -> 93.184.216.34:80 kept: the server closed the connection "
                               "[injected: latency 300ms]"));
}

TEST(RequestLine, TellsOfWhoLeft) {
    auto transaction = sample_transaction();
    transaction.url = "http://h/";
    transaction.server.reset();
    transaction.status = 0;
    transaction.sent_bytes = 0;
    transaction.cause = "the client left";
    EXPECT_EQ(line_of(transaction),
              "14:03:22.123 127.0.0.1:41234 GET http://h/ - 0 B 5.0 ms: the client left");
}

TEST(RequestLine, TellsOfTunnels) {
    auto transaction = sample_transaction();
    transaction.method = "CONNECT";
    transaction.url = "h:443";
    transaction.server = net::Endpoint{"::1", 443};
    transaction.tunnel = true;
    EXPECT_EQ(
        line_of(transaction),
        "14:03:22.123 127.0.0.1:41234 CONNECT h:443 200 5120 B 5.0 ms -> [::1]:443 new tunnel");
}

TEST(RequestLine, IsOneLineWhateverPeersSay) {
    auto transaction = sample_transaction();
    transaction.method = "G\nT";
    transaction.url = "http://h/\x1b[2J\xff";
    transaction.cause = "a\r\nb";
    const auto line = line_of(transaction);
    EXPECT_NE(line.find(" G\\x0aT http://h/\\x1b[2J\\xff 200 "), line.npos) << line;
    EXPECT_TRUE(line.ends_with(": a\\x0d\\x0ab")) << line;
}

TEST(RequestLine, CutsLongUrlsButNotInJson) {
    auto transaction = sample_transaction();
    transaction.url = "http://h/" + std::string(110, 'x') + "ä" + std::string(5000, 'x');
    const auto line = line_of(transaction);
    EXPECT_NE(line.find("xxx… 200 "), line.npos) << line;
    EXPECT_LT(line.size(), 250U);
    EXPECT_EQ(proxied_request(transaction).url, transaction.url);
}

TEST_F(RequestLogTest, EmitsAResultForWhatHasEnded) {
    RequestLog log(context_, RequestLog::Format::text, "");
    log.begun(sample_transaction());
    log.opened(sample_transaction());
    EXPECT_EQ(results_.text(), "");
    log.ended(sample_transaction());
    EXPECT_EQ(results_.text(), line_of(sample_transaction()) + "\n");
    EXPECT_FALSE(log.wants_heads());
}

TEST_F(RequestLogTest, EmitsJson) {
    output_ = cli::Output(results_, cli::Output::Format::json);
    auto transaction = sample_transaction();
    transaction.url = "http://h/\xff";
    RequestLog(context_, RequestLog::Format::text, "").ended(transaction);
    EXPECT_EQ(
        results_.text(),
        R"({"event":"request","time":"2026-10-05T14:03:22.123456Z","client":"127.0.0.1:41234",)"
        R"("method":"GET","url":"http://h/\ufffd","status":200,"sent_bytes":5120,)"
        R"("received_bytes":3,"time_ms":5,"server":"93.184.216.34:80","connection":"new",)"
        R"("tunnel":false,"cause":"","error":"","injected":""})"
        "\n");
}

TEST_F(RequestLogTest, MayBeSilent) {
    RequestLog(context_, RequestLog::Format::none, "").ended(sample_transaction());
    EXPECT_EQ(results_.text(), "");
}

TEST_F(RequestLogTest, AppendsToAFile) {
    const auto file = directory_.file("log");
    test::write_file(file, "before\n");
    RequestLog log(context_, RequestLog::Format::text, file);
    log.ended(sample_transaction());
    EXPECT_EQ(test::contents(file), "before\n" + line_of(sample_transaction()) + "\n");
    EXPECT_EQ(results_.text(), "");
    EXPECT_TRUE(log.whole());
}

TEST_F(RequestLogTest, TellsOnceOfAFullDisk) {
    RequestLog log(context_, RequestLog::Format::text, "/dev/full");
    for (int i = 0; i < 3; ++i) log.ended(sample_transaction());
    EXPECT_FALSE(log.whole());
    EXPECT_EQ(diagnostics_.text(),
              "proxy-server: cannot write /dev/full: No space left on device\n");
}

}  // namespace
}  // namespace nettool::commands
