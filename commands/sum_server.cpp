// sum-server: answers every list of numbers with their sum.
//
// `nc` is client enough: "1|2|3|." is answered with "6".  What the bytes mean is decided in
// proto/classroom/sum; this file only moves them.

#include "nettool/base/errc.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/net/message_reader.hpp"
#include "nettool/proto/classroom/sum.hpp"

#include <boost/asio/error.hpp>

#include <vector>

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

constexpr auto sloppy_end = 500ms;  // of silence after `3.` make the dot the end of the list
constexpr std::size_t chunk_bytes = 64UL * 1024;

class SumServer final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.value("max-numbers", limits_.numbers, "N", "refuse a list of more numbers")
            .value("max-digits", limits_.characters, "N", "refuse a number of more characters")
            .value("gap", gap_, "MS", "a silence this long after an answer ends the connection")
            .value("first", first_, "TIME", "hang up when no list is whole by then; 0s: never")
            .flag("keep-open", keep_open_, "do not hang up after an answer");
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
        report.ended = co_await converse(stream, dialog);
        report.answered = dialog.answered();
        report.refused = dialog.refused();
        out.emit(report);
        co_await stream.finish();
    }

    // How long to wait for more before the silence itself means something; zero: for ever.
    std::chrono::milliseconds patience(const net::Stream& stream, const SumDialog& dialog,
                                       bool saw_line_feed) const {
        if (dialog.undecided()) return sloppy_end;
        if (dialog.answered() > 0 && dialog.idle() && !keep_open_)
            return gap_.length(stream, saw_line_feed);
        return 0ms;
    }

    // Returns why the conversation ended.
    awaitable<std::string> converse(net::Stream& stream, SumDialog& dialog) const {
        std::vector<char> buffer(chunk_bytes);
        bool saw_line_feed = false;
        if (first_ > 0ms) stream.end_by(net::Stream::Clock::now() + first_);
        for (;;) {
            const bool undecided = dialog.undecided();
            if (!dialog.idle()) stream.acknowledge_quickly();
            const auto size =
                co_await stream.read(asio::buffer(buffer), patience(stream, dialog, saw_line_feed));
            const error_code ec = size.error();
            if (ec == asio::error::operation_aborted) co_return "server stopped";
            if (ec == Errc::paused && !undecided) co_return "done";
            if (ec && ec != Errc::paused && ec != asio::error::eof) co_return ec.message();

            const std::string_view bytes(buffer.data(), size ? *size : 0);
            saw_line_feed = saw_line_feed || bytes.find('\n') != bytes.npos;
            if (ec == asio::error::eof)
                dialog.end();
            else if (ec == Errc::paused)
                dialog.pause();
            else
                dialog.feed(bytes);
            const auto reply = dialog.take_reply();
            const auto sent = co_await stream.write(reply);
            if (!sent) co_return sent.error().message();
            if (dialog.failed()) co_return "list refused";
            if (ec == asio::error::eof) co_return "client left";
            if (dialog.answered() > 0) stream.end_whenever();
        }
    }

    cli::Server server_{1234, 60s};
    SumDialog::Limits limits_;
    net::Gap gap_;
    std::chrono::milliseconds first_ = 30s;
    bool keep_open_ = false;
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
