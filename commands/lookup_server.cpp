// lookup-server: finds the key of each request in the dictionary that comes with it.

#include "nettool/cli/server.hpp"
#include "nettool/net/dialog.hpp"
#include "nettool/proto/classroom/lookup.hpp"

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;
using proto::LookupDialog;

struct LookupSession {
    static constexpr std::string_view event = "lookup-session";
    net::Endpoint peer;
    std::uint64_t answered = 0;
    std::uint64_t refused = 0;
    std::string ended;
};
BOOST_DESCRIBE_STRUCT(LookupSession, (), (peer, answered, refused, ended))

std::string print(const LookupSession& s) {
    return fmt::format("{}: {} found, {} refused, {}", to_string(s.peer), s.answered, s.refused,
                       s.ended);
}

class LookupServer final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.value("max-request", max_request_, "SIZE", "refuse a longer request")
            .value("gap", dialog_.gap, "MS",
                   "a silence this long ends a key, and after an answer the connection")
            .value("first", dialog_.first, "TIME",
                   "hang up when no request is whole by then; 0s: never")
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
        LookupSession report;
        report.peer = stream.flow().peer;
        LookupDialog::Limits limits;
        limits.bytes = max_request_.bytes;
        LookupDialog dialog(limits);
        report.ended = co_await net::converse(stream, dialog, dialog_);
        report.answered = dialog.answered();
        report.refused = dialog.refused();
        out.emit(report);
        co_await stream.finish();
    }

    cli::Server server_{5004, 60s};
    cli::Size max_request_{16UL * 1024 * 1024};
    net::DialogOptions dialog_;
};

constexpr cli::Example examples[] = {
    {"nettool lookup-server --port 5004", "wait for dictionaries"},
    {R"(printf '{"a": 1} a' | nc -N 127.0.0.1 5004)", "ask it from a shell"},
};

}  // namespace

extern constinit const cli::CommandSpec lookup_server{
    .name = "lookup-server",
    .group = "Classroom pairs",
    .summary = "find a key in the dictionary that comes with it",
    .details =
        R"json(A request is {"dictionary":{...},"key":"k"} (also dict or data, in any order), and answered with
{"found":true,"value":...}; or a JSON object with the key behind or before it, or [object, key], and
answered with the bare value. A value is returned as it was written: numbers of any size keep their
digits. A key that is not there is answered with found false, or with one line, "ERROR: " and the
reason.)json",
    .examples = examples,
    .results = &cli::described<cli::Listening, LookupSession>,
    .make = &cli::make<LookupServer>,
};

}  // namespace nettool::commands
