// send-mail and mail-server with each other, where nothing of what passes between them is made up.

#include "nettool/proto/web/base64.hpp"
#include "support/running_command.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace nettool::test {
namespace {

using namespace std::string_literals;
using cli::ExitCode;

class MailPair : public testing::Test {
protected:
    Outcome send(RunningCommand& server, std::vector<std::string> more) const {
        const auto port = std::to_string(server.endpoint().port);
        std::vector<std::string> arguments = {
            "--server", "127.0.0.1:" + port, "--from", "a@x", "--to", "b@y"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_to_end("send-mail", std::move(arguments));
    }

    std::string file(const std::string& name, const std::string& text) const {
        std::ofstream(directory_.file(name), std::ios::binary) << text;
        return directory_.file(name);
    }
    std::string store() const { return directory_.file("mail"); }

    TemporaryDirectory directory_;
};

TEST_F(MailPair, DeliversEveryByteOverTls) {
    std::string bytes;
    for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * 7 % 251);
    RunningCommand server("mail-server", {"--port=0", "--store", store()},
                          cli::Output::Format::human);
    const auto outcome = send(server, {"--subject", "gr\xc3\xbcn", "--body", ".\n..\ngr\xc3\xbcn",
                                       "--attach", file("n\xc3\xa4me.bin", bytes)});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_NE(server.output().find("C: STARTTLS"), std::string::npos) << server.output();
    const auto part = [this](const std::string& number) {
        return run_to_end("mail-server", {"--store", store(), "--show", "1", "--part", number});
    };
    EXPECT_EQ(part("1").output, ".\r\n..\r\ngr\xc3\xbcn\r\n");
    EXPECT_EQ(part("2").output, bytes);
    EXPECT_EQ(server.output().find("  ! "), std::string::npos) << "no defect: " << server.output();
}

TEST_F(MailPair, ReadsRepliesThatComeByteByByte) {
    RunningCommand server("mail-server", {"--port=0", "--discard", "--no-starttls", "--one-byte"});
    const auto outcome = send(server, {"--body", "x", "--count", "2", "--timeout", "20s"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
}

TEST_F(MailPair, LogsInWithoutShowingThePasswordAtEitherEnd) {
    for (const auto* method : {"plain", "login", "cram-md5"}) {
        RunningCommand server("mail-server", {"--port=0", "--discard", "--user", "tim:hunter2",
                                              "--require-auth", "--trace"});
        const auto password = file("password", "hunter2\n");
        const auto outcome = send(server, {"--body", "x", "--user", "tim", "--password-file",
                                           password, "--auth", method, "--trace"});
        EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
        EXPECT_EQ(server.stop(), ExitCode::ok);
        for (const auto& text : {outcome.log, outcome.output, server.log(), server.output()})
            for (const auto& secret :
                 {"hunter2"s, proto::base64("hunter2"), proto::base64("\0tim\0hunter2"s)})
                EXPECT_EQ(text.find(secret), text.npos) << method << text;
        EXPECT_NE(server.log().find("redacted"), std::string::npos) << server.log();
    }
}

TEST_F(MailPair, SendsAgainWhatTheServerRefusesForNow) {
    RunningCommand server("mail-server", {"--port=0", "--discard", "--no-starttls", "--inject",
                                          "when rcpt ~ /b@y/ then 451, 1 times"});
    const auto outcome = send(server, {"--body", "x", "--retry", "1", "--retry-wait", "1ms"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_NE(outcome.log.find("retry 1 of 1"), outcome.log.npos) << outcome.log;
}

}  // namespace
}  // namespace nettool::test
