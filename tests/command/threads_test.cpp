#include "nettool/cli/server.hpp"
#include "nettool/cli/table.hpp"
#include "nettool/proto/wire/capture_reader.hpp"
#include "nettool/proto/wire/dissect.hpp"
#include "support/running_command.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <list>

namespace nettool::test {
namespace {

using cli::ExitCode;

// A command that asks for four threads, as serve-http and its like do, and then is another one:
// what it borrows must be as correct on them as on one.
template <const char* borrowed>
class OnFourThreads final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override { command_->declare(options); }
    awaitable<ExitCode> run(cli::Context& context) override {
        context.use_threads(4);
        return command_->run(context);
    }

private:
    std::unique_ptr<cli::Command> command_ = cli::find_command(borrowed)->make();
};

// Static, for a spec outlives its command.
template <const char* borrowed>
const cli::CommandSpec& on_four_threads() {
    static const auto spec = [] {
        auto changed = *cli::find_command(borrowed);
        changed.make = &cli::make<OnFourThreads<borrowed>>;
        return changed;
    }();
    return spec;
}

constexpr char sum_server[] = "sum-server";
constexpr char lab[] = "lab";

// Each client thread makes one connection after the other and counts the right answers.
int right_answers(const net::Endpoint& endpoint, int clients, int connections) {
    std::atomic<int> right = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < clients; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < connections; ++n) {
                LineClient client(endpoint);
                client.send("1|2|3|.\n");
                right += client.receive() == "6";
            }
        });
    threads.clear();
    return right;
}

TEST(Threads, ServeManyClientsAndReportEachOnALineOfItsOwn) {
    RunningCommand server(on_four_threads<sum_server>(), {"--port=0"}, cli::Output::Format::json);
    EXPECT_EQ(right_answers(server.endpoint(), 8, 50), 400);
    EXPECT_EQ(server.stop(asio::cancellation_type::total), ExitCode::ok);  // none is dropped
    const auto output = server.output();
    EXPECT_EQ(std::ranges::count(output, '\n'), 401);
    EXPECT_EQ(server.log(), "");
}

TEST(Threads, StopWithClientsConnected) {
    RunningCommand server(on_four_threads<sum_server>(), {"--port=0", "--keep-open"},
                          cli::Output::Format::json);
    const auto endpoint = server.endpoint();
    std::list<LineClient> clients;
    for (int i = 0; i < 50; ++i) clients.emplace_back(endpoint).send("1|.\n");
    for (auto& client : clients) EXPECT_EQ(client.receive(), "1");
    EXPECT_EQ(server.stop(), ExitCode::ok);
}

TEST(Threads, ManyAreRefusedWhileSomeAreServed) {
    RunningCommand server(on_four_threads<sum_server>(), {"--port=0", "--max-connections=1"},
                          cli::Output::Format::json);
    const auto endpoint = server.endpoint();
    LineClient held(endpoint);
    held.send("1|");
    EXPECT_EQ(right_answers(endpoint, 4, 10), 0);
    held.send("1|.\n");
    EXPECT_EQ(held.receive(), "2");
    EXPECT_EQ(server.stop(), ExitCode::ok);
}

// Every connection is observed from its own strand; the record has all of them, in order of time.
TEST(Threads, AreRecordedIntoOneFile) {
    TemporaryDirectory directory;
    const auto path = directory.file("threads.pcapng");
    RunningCommand server(on_four_threads<sum_server>(), {"--port=0", "--pcap=" + path},
                          cli::Output::Format::json);
    EXPECT_EQ(right_answers(server.endpoint(), 8, 20), 160);
    EXPECT_EQ(server.stop(asio::cancellation_type::total), ExitCode::ok);
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    proto::CaptureReader reader;
    reader.feed(bytes);
    reader.end();
    int syns = 0, answers = 0;
    std::chrono::nanoseconds last{0};
    while (const auto packet = reader.next()) {
        const auto found = proto::dissect(packet->linktype, packet->bytes);
        ASSERT_TRUE(found);
        syns += found->flags == proto::syn;
        answers += found->payload == "6\n";
        EXPECT_GE(packet->time, last);
        last = packet->time;
    }
    EXPECT_EQ(reader.trouble(), "");
    EXPECT_EQ(syns, 160);
    EXPECT_EQ(answers, 160);
}

// The members never think of threads; each is on a strand of its own.
TEST(Threads, PlainCommandsRunSideBySide) {
    RunningCommand server(on_four_threads<lab>(),
                          {"sum-server --port 0", "sum-server --port 0", "sum-server --port 0"},
                          cli::Output::Format::json);
    std::vector<std::jthread> clients;
    std::atomic<int> right = 0;
    for (int i = 0; i < 3; ++i)
        clients.emplace_back(
            [&right, endpoint = server.endpoint()] { right += right_answers(endpoint, 2, 30); });
    clients.clear();
    EXPECT_EQ(right, 180);
    EXPECT_EQ(server.stop(), ExitCode::ok);
}

}  // namespace
}  // namespace nettool::test
