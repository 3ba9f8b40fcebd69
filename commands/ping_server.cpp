// ping-server: answers the probes of a UDP ping, through as bad a network as is asked for.

#include "nettool/base/failure.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/proto/classroom/ping_probe.hpp"
#include "nettool/proto/classroom/upper.hpp"

namespace nettool::commands {
namespace {

class PingServer final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.flag("echo", echo_, "answer every datagram with itself")
            .flag("upper", upper_, "answer in upper case, as the textbook server does");
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        if (echo_ && upper_) throw cli::UsageError("--echo and --upper exclude one another");
        auto answer = [this](const cli::Server::Datagram& probe) {
            return std::optional(answer_to(probe.bytes));
        };
        co_await server_.serve_datagrams(context, answer);
        co_return cli::ExitCode::ok;
    }

private:
    std::string answer_to(std::string_view probe) const {
        if (echo_) return std::string(probe);
        if (upper_) return proto::upper_datagram(proto::UpperMode::unicode, probe);
        return proto::pong_of(probe);
    }

    cli::Server server_{12000, std::chrono::milliseconds(0), cli::Transport::datagram};
    bool echo_ = false;
    bool upper_ = false;
};

constexpr cli::Example examples[] = {
    {"nettool ping-server", "answer probes to port 12000"},
    {"nettool ping-server --loss kurose --upper", "the server of the exercise"},
    {"nettool ping-server --loss 30% --delay 40ms --jitter 20ms --seed 7",
     "a bad network, the same each time"},
};

}  // namespace

extern constinit const cli::CommandSpec ping_server{
    .name = "ping-server",
    .group = "Classroom pairs",
    .summary = "answer the probes of a UDP ping",
    .details =
        R"(A datagram that begins "Ping " is answered "Pong " and its rest, anything else with itself. The options of
an imperfect network lose, delay, copy, reorder and damage what comes, before it is looked at.)",
    .examples = examples,
    .results = &cli::described<cli::Listening>,
    .make = &cli::make<PingServer>,
};

}  // namespace nettool::commands
