// greet-server: tells every client when and from where it came.
//
// It never reads before it has spoken, so a client that says nothing is served like any other.

#include "nettool/base/clock.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/cli/server.hpp"

#include <array>
#include <atomic>
#include <memory>

namespace nettool::commands {
namespace {

struct Greeted {
    static constexpr std::string_view event = "greeted";
    std::string time;  // RFC 3339
    std::string address;
    std::uint16_t port = 0;
    std::string line;
};
BOOST_DESCRIBE_STRUCT(Greeted, (), (time, address, port, line))

std::string print(const Greeted& greeted) { return greeted.line; }

Greeted greeting_for(const net::Endpoint& peer) {
    const auto now = std::chrono::system_clock::now();
    Greeted greeted;
    greeted.time = rfc3339(now);
    greeted.address = peer.is_unix ? "unix:" + peer.host : peer.host;
    greeted.port = peer.port;
    greeted.line = record_time(now) + " " + greeted.address + " " + std::to_string(greeted.port);
    return greeted;
}

class GreetServer final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.value("log", log_file_, "FILE", "append each greeting to this file")
            .flag("hold", hold_, "keep the connection until the client leaves");
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        std::unique_ptr<AppendFile> file;
        if (!log_file_.empty()) file = std::make_unique<AppendFile>(log_file_);
        std::atomic<bool> logged = true;  // written from every session's strand
        auto session = [&](net::Stream stream) {
            return greet(std::move(stream), context, file.get(), logged);
        };
        co_await server_.serve(context, session);
        co_return logged ? cli::ExitCode::ok : cli::ExitCode::local;
    }

private:
    awaitable<void> greet(net::Stream stream, cli::Context& context, AppendFile* file,
                          std::atomic<bool>& logged) const {
        const auto greeting = greeting_for(stream.flow().peer);
        const auto line = greeting.line + "\n";
        context.out.emit(greeting);
        const auto sent = co_await stream.write(line);
        if (file) record(line, *file, context.log, logged);
        if (!sent) co_return;
        if (hold_) co_await wait_for_the_end(stream);
        co_await stream.finish();
    }

    // The client is served even when the disk is full; the status says so in the end.
    static void record(const std::string& line, AppendFile& file, const cli::Log& log,
                       std::atomic<bool>& logged) try {
        file.append(line);
    } catch (const Failure& failure) {
        log.error(failure.what());
        logged = false;
    }

    static awaitable<void> wait_for_the_end(net::Stream& stream) {
        std::array<char, 4096> ignored;
        while (co_await stream.read(asio::buffer(ignored))) continue;
    }

    cli::Server server_{5010, std::chrono::minutes(10)};
    std::string log_file_;
    bool hold_ = false;
};

constexpr cli::Example examples[] = {
    {"nettool greet-server --log visitors.txt", "greet every client and keep a record"},
    {"nc 127.0.0.1 5010", "be greeted, without nettool"},
};

}  // namespace

extern constinit const cli::CommandSpec greet_server{
    .name = "greet-server",
    .group = "Classroom pairs",
    .summary = "tell every client when and from where it connected",
    .details =
        R"(Sends one line to whoever connects, the time of the connection in UTC with the client's address and
port, and closes. The same line goes to standard output, and with --log to the end of a file.)",
    .examples = examples,
    .results = &cli::described<cli::Listening, Greeted>,
    .make = &cli::make<GreetServer>,
};

}  // namespace nettool::commands
