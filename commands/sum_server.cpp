// sum-server: answers every list of numbers with their sum.
//
// `nc` is client enough: "1|2|3|." is answered with "6".  What the bytes mean is decided in
// proto/classroom/sum; this file only moves them.

#include "nettool/cli/server.hpp"
#include "nettool/net/dialog.hpp"
#include "nettool/proto/classroom/sum.hpp"

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;
using proto::SumDialog;

struct SumSession {
    static constexpr std::string_view event = "sum-session";
    net::Endpoint peer;
    std::uint64_t answered = 0;
    std::uint64_t refused = 0;
    std::string ended;
};
BOOST_DESCRIBE_STRUCT(SumSession, (), (peer, answered, refused, ended))

std::string print(const SumSession& s) {
    return fmt::format("{}: {} answered, {} refused, {}", to_string(s.peer), s.answered, s.refused,
                       s.ended);
}

class SumServer final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.value("max-numbers", limits_.numbers, "N", "refuse a list of more numbers")
            .value("max-digits", limits_.characters, "N", "refuse a number of more characters")
            .value("gap", dialog_.gap, "MS",
                   "a silence this long after an answer ends the connection")
            .value("first", dialog_.first, "TIME",
                   "hang up when no list is whole by then; 0s: never")
            .flag("keep-open", dialog_.keep_open, "do not hang up after an answer");
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        auto session = [&](net::Stream stream) {
            return serve_one(context.out, std::move(stream));
        };
        co_await server_.serve(context, session);
        co_return cli::ExitCode::ok;
    }

private:
    awaitable<void> serve_one(cli::Output& out, net::Stream stream) const {
        SumSession report;
        report.peer = stream.flow().peer;
        SumDialog dialog(limits_);
        report.ended = co_await net::converse(stream, dialog, dialog_);
        report.answered = dialog.answered();
        report.refused = dialog.refused();
        out.emit(report);
        co_await stream.finish();
    }

    cli::Server server_{1234, 60s};
    SumDialog::Limits limits_;
    net::DialogOptions dialog_;
};

constexpr cli::Example examples[] = {
    {"nettool sum-server --host :: --port 7001", "serve on every interface"},
    {"printf '1|2|3.5|.' | nc 127.0.0.1 1234", "ask it from a shell"},
};

}  // namespace

extern constinit const cli::CommandSpec sum_server{
    .name = "sum-server",
    .group = "Classroom pairs",
    .summary = "answer every list of numbers with their sum",
    .details =
        R"(Reads numbers, each followed by "|", up to a final "." and answers the decimal sum, with a line feed if
the list was followed by one. Sums are exact, whatever the size of the numbers. What is not a number
is answered with one line, "ERROR: " and the reason, and the connection is closed.)",
    .examples = examples,
    .results = &cli::described<cli::Listening, SumSession>,
    .make = &cli::make<SumServer>,
};

}  // namespace nettool::commands
