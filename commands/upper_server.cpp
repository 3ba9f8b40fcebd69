// upper-server: gives back what it gets, in upper case.
//
// Over TCP a filter without any framing, over UDP a datagram for a datagram.

#include "nettool/base/errc.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/net/message_reader.hpp"
#include "nettool/proto/classroom/upper.hpp"

#include <boost/asio/error.hpp>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using proto::UpperFilter;
using proto::UpperMode;

struct UpperSession {
    static constexpr std::string_view event = "upper-session";
    net::Endpoint peer;
    std::uint64_t received_bytes = 0;
    std::uint64_t sent_bytes = 0;
    std::string ended;
};
BOOST_DESCRIBE_STRUCT(UpperSession, (), (peer, received_bytes, sent_bytes, ended))

std::string print(const UpperSession& s) {
    return fmt::format("{}: {} bytes in, {} bytes out, {}", to_string(s.peer), s.received_bytes,
                       s.sent_bytes, s.ended);
}

constexpr std::size_t small_buffer = 4UL * 1024;
constexpr std::size_t large_buffer = 64UL * 1024;  // and so at most this much is unsent

class UpperServer final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.flag("udp", udp_, "answer datagrams instead of streams")
            .flag("ascii", ascii_, "change the letters a to z only")
            .flag("capitalize", capitalize_, "change the first letter of each message only")
            .value("gap", gap_, "MS", "a silence this long ends a message; off: only LF does");
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        if (ascii_ && capitalize_)
            throw cli::UsageError("--ascii and --capitalize exclude one another");
        mode_ = ascii_        ? UpperMode::ascii
                : capitalize_ ? UpperMode::capitalize
                              : UpperMode::unicode;
        if (udp_) {
            auto answer = [this](const cli::Server::Datagram& request) {
                return std::optional(proto::upper_datagram(mode_, request.bytes));
            };
            co_await server_.serve_datagrams(context, answer);
            co_return cli::ExitCode::ok;
        }
        auto session = [&](net::Stream stream) {
            return serve_one(context.out, std::move(stream));
        };
        co_await server_.serve(context, session);
        co_return cli::ExitCode::ok;
    }

private:
    awaitable<void> serve_one(cli::Output& out, net::Stream stream) const {
        UpperSession report;
        report.peer = stream.flow().peer;
        report.ended = co_await filter(stream, report);
        out.emit(report);
        co_await stream.finish();
    }

    // Silence means something while a character is half here, or a message is.
    std::chrono::milliseconds patience(const net::Stream& stream, const UpperFilter& filter,
                                       bool unended) const {
        const bool waits = filter.holds() || (mode_ == UpperMode::capitalize && unended);
        return waits ? gap_.length(stream, false) : std::chrono::milliseconds(0);
    }

    // Returns why it ended.
    awaitable<std::string> filter(net::Stream& stream, UpperSession& report) const {
        UpperFilter filter(mode_);
        std::vector<char> buffer(small_buffer);
        std::string mapped;
        bool unended = false;
        for (;;) {
            const auto size =
                co_await stream.read(asio::buffer(buffer), patience(stream, filter, unended));
            const error_code ec = size.error();
            if (ec == asio::error::operation_aborted) co_return "server stopped";
            if (ec && ec != Errc::paused && ec != asio::error::eof) co_return ec.message();
            mapped.clear();
            if (ec) {
                filter.flush(mapped);
                filter.message_ended();
            } else {
                filter.feed({buffer.data(), *size}, mapped);
                report.received_bytes += *size;
            }
            unended = !ec;
            const auto sent = co_await stream.write(mapped);
            if (!sent) co_return sent.error().message();
            report.sent_bytes += mapped.size();
            if (ec == asio::error::eof) co_return "client left";
            if (size && *size == buffer.size() && *size < large_buffer) buffer.resize(large_buffer);
        }
    }

    cli::Server server_{5001, std::chrono::minutes(10), cli::Transport::either};
    net::Gap gap_;
    bool udp_ = false;
    bool ascii_ = false;
    bool capitalize_ = false;
    UpperMode mode_ = UpperMode::unicode;
};

constexpr cli::Example examples[] = {
    {"nettool upper-server --port 5001", "serve streams"},
    {"nettool upper-server --udp", "serve datagrams"},
    {"printf hello | nc -N 127.0.0.1 5001", "ask it from a shell"},
};

}  // namespace

extern constinit const cli::CommandSpec upper_server{
    .name = "upper-server",
    .group = "Classroom pairs",
    .summary = "give back what comes, in upper case",
    .details =
        R"(Every chunk of a stream goes back upper-cased at once; bytes that are not UTF-8 pass untouched, and a
character cut in two waits for its rest. Over UDP each datagram is answered with one that is never
longer: the few letters that would grow stay as they are.)",
    .examples = examples,
    .results = &cli::described<cli::Listening, UpperSession>,
    .make = &cli::make<UpperServer>,
};

}  // namespace nettool::commands
