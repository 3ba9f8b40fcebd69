#include "support/running_command.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

namespace nettool::test {
namespace {

using cli::ExitCode;

constexpr auto human = cli::Output::Format::human;

TEST(LookupServer, AnswersANaiveClientAndHangsUp) {
    RunningCommand server("lookup-server", {"--port=0"});
    const auto endpoint = server.endpoint();
    LineClient client(endpoint);
    client.send(R"({"a": 12345678901234567890123})");
    client.send(" a");
    EXPECT_EQ(client.rest(), "12345678901234567890123");
    LineClient wrapped(endpoint);
    wrapped.send(R"({"dictionary":{"a":1},"key":"b"})");
    EXPECT_EQ(wrapped.rest(), "{\"found\":false,\"error\":\"key not found: b\"}\n");
    server.wait_for_output(R"("answered":0,"refused":1,"ended":"done")");
}

TEST(LookupServer, HangsUpOnWhatIsNoRequest) {
    RunningCommand server("lookup-server", {"--port=0", "--max-request=1K"});
    const auto endpoint = server.endpoint();
    LineClient bad(endpoint);
    bad.send("{not json}");
    EXPECT_TRUE(bad.rest().starts_with("ERROR: bad JSON at byte 1: "));
    LineClient big(endpoint);
    big.send("{\"a\":\"" + std::string(2000, 'x'));
    EXPECT_EQ(big.rest(), "ERROR: the request is too long\n");
    LineClient keyless(endpoint);
    keyless.send("{}");
    EXPECT_EQ(keyless.rest(), "ERROR: expected a key behind the dictionary\n");
}

/// lookup-client with a dictionary in a file.
class LookupClient : public testing::Test {
protected:
    LookupClient() {
        write_file(directory_.file("d.json"),
                   R"({"a": 12345678901234567890123, "b": "x\ny", "c": {"d": [1, 2.50]}})"
                   "\n");
    }
    Outcome against(const std::string& reply) {
        ScriptedServer server([reply](auto& stream) {
            std::string request(90, '\0');
            stream.read(request.data(), 90);
            stream << reply << std::flush;
        });
        return run_to_end("lookup-client", {"--port=" + server.port(), file_, "a"}, {}, human);
    }

    TemporaryDirectory directory_;
    std::string file_ = directory_.file("d.json");
    RunningCommand server_{"lookup-server", {"--port=0"}};
};

TEST_F(LookupClient, PrintsTheValue) {
    const auto port = std::to_string(server_.endpoint().port);
    const auto at = [&](std::vector<std::string> arguments, cli::Output::Format format = human) {
        arguments.push_back("--port=" + port);
        return run_to_end("lookup-client", std::move(arguments), {}, format);
    };
    EXPECT_EQ(at({file_, "a"}).output, "12345678901234567890123\n");
    EXPECT_EQ(at({file_, "b", "--line"}).output, "x\\x0ay\n");
    EXPECT_EQ(at({file_, "--path=c.d[1]"}).output, "2.50\n");
    const auto json = at({file_, "a"}, cli::Output::Format::json).output;
    EXPECT_TRUE(
        json.starts_with(R"({"event":"value","key":"a","value":"12345678901234567890123",)"))
        << json;
    const auto missing = at({file_, "zz"});
    EXPECT_EQ(missing.code, ExitCode::refused);
    EXPECT_NE(missing.log.find("key not found: zz"), std::string::npos) << missing.log;
    EXPECT_EQ(at({file_, "--path=c.d[2]"}).code, ExitCode::refused);
    EXPECT_EQ(at({file_, "--path=[2]"}).code, ExitCode::usage);
    EXPECT_EQ(at({file_}).code, ExitCode::usage);
    EXPECT_EQ(at({directory_.file("none"), "a"}).code, ExitCode::local);
    write_file(directory_.file("bad"), "{\"a\":");
    const auto bad = at({directory_.file("bad"), "a"});
    EXPECT_EQ(bad.code, ExitCode::local);
    EXPECT_NE(bad.log.find("bad JSON at byte 5"), std::string::npos) << bad.log;
}

TEST_F(LookupClient, TakesTheTargetBeforeTheFile) {
    const auto endpoint = server_.endpoint();
    const auto outcome = run_to_end(
        "lookup-client", {"127.0.0.1", std::to_string(endpoint.port), file_, "a"}, {}, human);
    EXPECT_EQ(outcome.output, "12345678901234567890123\n") << outcome.log;
}

TEST_F(LookupClient, SaysWhatIsWrongWithAServer) {
    EXPECT_EQ(against("").code, ExitCode::network);
    EXPECT_EQ(against("what?\n").code, ExitCode::local);
    EXPECT_EQ(against("ERROR: go away\n").code, ExitCode::refused);
    EXPECT_EQ(against(R"({"found":true,"value":[1, 2]})").output, "[1, 2]\n");
}

}  // namespace
}  // namespace nettool::test
