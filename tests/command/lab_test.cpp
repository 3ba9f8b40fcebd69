#include "support/running_command.hpp"

#include <gtest/gtest.h>

namespace nettool::test {
namespace {

using cli::ExitCode;

TEST(Lab, RunsEachKindBesideTheOthersAndStopsThemTogether) {
    RunningCommand lab("lab",
                       {"sum-server --port 0", "upper-server --port=0", "greet-server --port 0"},
                       cli::Output::Format::human);
    for (int i = 0; i < 3; ++i) EXPECT_NE(lab.endpoint().port, 0);
    EXPECT_EQ(lab.stop(), ExitCode::ok);
    for (const auto* line : {"sum-server: listening on ", "upper-server: listening on ",
                             "greet-server: listening on "})
        EXPECT_NE(lab.output().find(line), std::string::npos) << lab.output();
}

TEST(Lab, ServesWhileAnotherMemberAsks) {
    RunningCommand first("sum-server", {"--port=0"});
    const auto port = std::to_string(first.endpoint().port);
    const auto outcome = run_to_end(
        "lab", {"sum-client 127.0.0.1 " + port + " 1 2", "sum-client --port=" + port + " '40' 2"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_NE(outcome.output.find("sum-client: 3\n"), std::string::npos) << outcome.output;
    EXPECT_NE(outcome.output.find("sum-client-2: 42\n"), std::string::npos) << outcome.output;
}

TEST(Lab, EndsWithTheHighestStatus) {
    const auto outcome = run_to_end("lab", {"help", "sum-server --nonsense"});
    EXPECT_EQ(outcome.code, ExitCode::usage);
    EXPECT_NE(outcome.output.find("sum-server ended with status 2\n"), std::string::npos);
}

TEST(Lab, HandsItsVerbosityAndItsNamesToTheMembers) {
    RunningCommand server("sum-server", {"--port=0"});
    const auto ask = "sum-client 127.0.0.1 " + std::to_string(server.endpoint().port) + " 1";
    const auto outcome = run_to_end("lab", {"-v", ask, ask, ask + " -q"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_NE(outcome.log.find("sum-client: connected to "), std::string::npos) << outcome.log;
    EXPECT_NE(outcome.log.find("sum-client-2: connected to "), std::string::npos) << outcome.log;
    EXPECT_EQ(outcome.log.find("sum-client-3: "), std::string::npos) << outcome.log;
}

TEST(Lab, RefusesAnUnknownMemberBeforeStartingAny) {
    const auto outcome = run_to_end("lab", {"sum-server --port 0", "sum-sever"});
    EXPECT_EQ(outcome.code, ExitCode::usage);
    EXPECT_EQ(outcome.output, "");
    EXPECT_NE(outcome.log.find("did you mean 'sum-server'?"), std::string::npos) << outcome.log;
}

}  // namespace
}  // namespace nettool::test
