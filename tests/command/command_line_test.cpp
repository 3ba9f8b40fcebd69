#include "nettool/cli/table.hpp"
#include "support/running_command.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace nettool::test {
namespace {

using cli::ExitCode;

TEST(CommandLine, WrongUsageIsTwoInOneLineAndAHint) {
    for (const auto* wrong : {"--no-such-option", "--port=70000", "--idle=5", "operand",
                              "--max-connections=0", "--backlog=0", "--cert=x", "--host="}) {
        const auto outcome = run_to_end("sum-server", {wrong});
        EXPECT_EQ(outcome.code, ExitCode::usage) << wrong;
        EXPECT_EQ(std::ranges::count(outcome.log, '\n'), 2) << outcome.log;
        EXPECT_TRUE(outcome.log.ends_with("Try 'nettool help sum-server'.\n")) << outcome.log;
    }
}

TEST(CommandLine, AServerListensInOnePlaceOnly) {
    const std::vector<std::string> wrong[] = {{"--unix=x", "--port=1"}, {"--unix=x", "--host=::1"},
                                              {"--fd=3", "--port=1"},   {"--fd=3", "--host=::1"},
                                              {"--fd=3", "--unix=x"},   {"--host=a b"}};
    for (const auto& arguments : wrong)
        EXPECT_EQ(run_to_end("sum-server", arguments).code, ExitCode::usage) << arguments.back();
}

TEST(CommandLine, AClientRefusesBadTargets) {
    const std::vector<std::string> wrong[] = {
        {"host", "port"},         {"host", "70000"}, {"a", "1", "b"},        {"a:0"},
        {"--unix=x", "--port=1"}, {"-4", "-6"},      {"--insecure"},         {"--host=a", "b"},
        {"--source=name"},        {"bad host", "1"}, {"evil\r\nheader", "1"}};
    for (const auto& arguments : wrong)
        EXPECT_EQ(run_to_end("greet-client", arguments).code, ExitCode::usage) << arguments[0];
}

TEST(CommandLine, AnAddressInUseIsFourInOneCleanLine) {
    RunningCommand first("sum-server", {"--port=0"});
    const auto port = std::to_string(first.endpoint().port);
    const auto outcome = run_to_end("sum-server", {"--port=" + port});
    EXPECT_EQ(outcome.code, ExitCode::local);
    EXPECT_EQ(outcome.log,
              "sum-server: cannot listen on 127.0.0.1:" + port + ": Address already in use\n");
}

TEST(CommandLine, AnUnwritableReadyFileIsFour) {
    const auto outcome = run_to_end("sum-server", {"--port=0", "--ready-file=/no/such/file"});
    EXPECT_EQ(outcome.code, ExitCode::local);
    EXPECT_EQ(outcome.output, "");
    EXPECT_EQ(outcome.log, "sum-server: cannot write /no/such/file: No such file or directory\n");
}

TEST(CommandLine, AnUnknownHostIsThree) {
    const auto outcome = run_to_end("sum-client", {"no.such.host.invalid", "1", "2"});
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_TRUE(outcome.log.starts_with("sum-client: cannot resolve no.such.host.invalid: "))
        << outcome.log;
}

TEST(CommandLine, AServerListensOnEveryAddressOfAName) {
    RunningCommand server("greet-server", {"--port=0", "--host=localhost"});
    EXPECT_NE(server.endpoint().port, 0);
    EXPECT_EQ(server.stop(), ExitCode::ok);
}

TEST(CommandLine, HelpIsShownWhateverElseIsMissing) {
    for (const auto* spec : cli::all_commands()) {
        const auto outcome = run_to_end(spec->name, {"--help"});
        EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
        EXPECT_TRUE(outcome.output.starts_with("usage: nettool " + std::string(spec->name)));
    }
}

TEST(CommandLine, TraceShowsTheConversationOnStandardError) {
    RunningCommand server("sum-server", {"--port=0", "--trace"});
    const auto outcome =
        run_to_end("sum-client",
                   {"--port=" + std::to_string(server.endpoint().port), "1", "2", "--trace=hex"});
    EXPECT_EQ(outcome.output, "3\n");
    EXPECT_NE(outcome.log.find("31 7c 32 7c 2e"), std::string::npos) << outcome.log;
    server.stop();
    EXPECT_NE(server.log().find("5 bytes \"1|2|.\""), std::string::npos) << server.log();
}

// A file of commands/ that nobody named in the table would be a command that nobody can call.
TEST(Table, NamesEveryFileOfCommands) {
    std::set<std::string> files, commands;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(NETTOOL_SOURCE_DIR) + "/commands")) {
        const auto stem = entry.path().stem().string();
        const bool source = entry.path().extension() == ".cpp" || entry.is_directory();
        if (source && stem != "table") files.insert(stem);
    }
    for (const auto* spec : cli::all_commands()) {
        std::string name(spec->name);
        std::ranges::replace(name, '-', '_');
        commands.insert(name);
        EXPECT_FALSE(spec->examples.empty()) << name;
    }
    EXPECT_EQ(files, commands);
}

// The keys are contract; docs/json.md is made from them (UPDATE_GOLDEN=1 writes it).
TEST(Table, JsonKeysAreThoseOfTheDocumentation) {
    std::string text =
        "# JSON results\n\nWith `--json` every result is one object on a line. `event` says which, "
        "the other keys follow; in a lab\n`command` names the member. Keys carry their unit; times "
        "are RFC 3339 in UTC. Made from the commands'\ndeclarations by the tests "
        "(`UPDATE_GOLDEN=1`).\n\n| command | event | keys |\n| --- | --- | --- |\n";
    for (const auto* spec : cli::all_commands())
        for (const auto& result : spec->results()) {
            std::string keys;
            for (const auto key : result.keys)
                keys += (keys.empty() ? "`" : ", `") + std::string(key) + "`";
            text += "| `" + std::string(spec->name) + "` | `" + std::string(result.event) + "` | " +
                    keys + " |\n";
        }
    const auto path = std::string(NETTOOL_SOURCE_DIR) + "/docs/json.md";
    if (std::getenv("UPDATE_GOLDEN")) std::ofstream(path) << text;
    std::ifstream file(path);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text);
}

}  // namespace
}  // namespace nettool::test
