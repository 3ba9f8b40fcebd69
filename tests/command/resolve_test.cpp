#include "support/running_command.hpp"

#include <gtest/gtest.h>

namespace nettool::test {
namespace {

using cli::ExitCode;

constexpr auto json = cli::Output::Format::json;

std::string resolved(std::vector<std::string> arguments) {
    return run_to_end("resolve", std::move(arguments)).output;
}

TEST(Resolve, ShowsWhatTheSocketFunctionsGive) {
    EXPECT_EQ(resolved({"--address", "-4", "localhost"}), "127.0.0.1\n");
    EXPECT_EQ(resolved({"--address", "::1", "127.0.0.1"}), "::1\n127.0.0.1\n");
    EXPECT_EQ(resolved({"--reverse", "127.0.0.1"}), "localhost\n");
    EXPECT_TRUE(resolved({"-4", "localhost"}).starts_with("name: localhost\nfqdn: localhost"));
    EXPECT_TRUE(
        resolved({"-4", "localhost"}).ends_with("address: 127.0.0.1\nreverse: localhost\n"));
    EXPECT_NE(resolved({"--fqdn"}), "") << "of this machine";
    const auto object = run_to_end("resolve", {"-4", "127.0.0.1"}, {}, json).output;
    EXPECT_TRUE(object.starts_with(R"({"event":"host","name":"127.0.0.1","fqdn":")")) << object;
    EXPECT_TRUE(object.ends_with(R"(,"addresses":["127.0.0.1"],"reverse":["localhost"]})"
                                 "\n"))
        << object;
}

TEST(Resolve, GoesOnBehindWhatCannotBeResolved) {
    const auto outcome = run_to_end("resolve", {"--address", "no-such-host.invalid", "127.0.0.1"});
    EXPECT_EQ(outcome.output, "127.0.0.1\n");
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_TRUE(outcome.log.find("cannot resolve \"no-such-host.invalid\": ") != std::string::npos)
        << outcome.log;
}

TEST(Resolve, RefusesWhatMakesNoSense) {
    EXPECT_EQ(run_to_end("resolve", {"--fqdn", "--address", "x"}).code, ExitCode::usage);
    EXPECT_EQ(run_to_end("resolve", {"-4", "-6", "x"}).code, ExitCode::usage);
    EXPECT_EQ(run_to_end("resolve", {"a b"}).code, ExitCode::usage);
    EXPECT_EQ(run_to_end("resolve", {"--services"}).code, ExitCode::usage);
    EXPECT_EQ(run_to_end("resolve", {"--services", "no-such-service"}).code, ExitCode::refused);
    EXPECT_EQ(run_to_end("resolve", {"-6", "127.0.0.1"}).code, ExitCode::network);
}

}  // namespace
}  // namespace nettool::test
