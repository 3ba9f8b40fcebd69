// udp-log-server: writes a record of every datagram to a file.

#include "nettool/base/digest.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/cli/server.hpp"

#include <fmt/format.h>

namespace nettool::commands {
namespace {

enum class RecordFormat { text, csv, json };

struct Recorded {
    static constexpr std::string_view event = "datagram";
    std::string time;  // RFC 3339, the kernel's
    std::string address;
    std::uint16_t port = 0;
    std::size_t size_bytes = 0;
    std::string md5;
    std::string sha256;

    std::string line;  // as the file has it
};
BOOST_DESCRIBE_STRUCT(Recorded, (), (time, address, port, size_bytes, md5, sha256))

std::string print(const Recorded& recorded) { return recorded.line; }

struct Summary {
    static constexpr std::string_view event = "summary";
    std::uint64_t received = 0;
    std::uint64_t not_recorded = 0;
    std::uint64_t dropped = 0;  // by the kernel
};
BOOST_DESCRIBE_STRUCT(Summary, (), (received, not_recorded, dropped))

std::string print(const Summary& s) {
    return fmt::format("{} datagrams received, {} not recorded, {} dropped by the kernel",
                       s.received, s.not_recorded, s.dropped);
}

class UdpLogServer final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.value("output,o", output_, "FILE", "append the records to this file")
            .choice("format", format_,
                    {{"text", RecordFormat::text},
                     {"csv", RecordFormat::csv},
                     {"json", RecordFormat::json}},
                    "how a record is written")
            .flag("fsync", fsync_, "wait for the disk behind every record")
            .flag("ack", ack_, "answer every datagram with \"ack\"");
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        AppendFile file(output_);
        Summary summary;
        auto answer = [&](const cli::Server::Datagram& datagram) {
            ++summary.received;
            auto recorded = recorded_of(datagram);
            recorded.line = line_of(recorded, datagram.received);
            record(context, file, recorded, summary);
            // Never more than came, or it could serve to flood somebody else.
            return ack_ ? std::optional(std::string("ack").substr(0, datagram.bytes.size()))
                        : std::nullopt;
        };
        server_.stamp_datagrams();
        summary.dropped = co_await server_.serve_datagrams(context, answer);
        context.out.emit(summary);
        co_return summary.not_recorded == 0 ? cli::ExitCode::ok : cli::ExitCode::local;
    }

private:
    Recorded recorded_of(const cli::Server::Datagram& datagram) {
        Recorded recorded;
        recorded.time = rfc3339(datagram.received);
        recorded.address = datagram.peer.host;
        recorded.port = datagram.peer.port;
        recorded.size_bytes = datagram.bytes.size();
        md5_.update(datagram.bytes);
        sha256_.update(datagram.bytes);
        recorded.md5 = md5_.finish();
        recorded.sha256 = sha256_.finish();
        return recorded;
    }

    std::string line_of(const Recorded& r, WallTime received) const {
        if (format_ == RecordFormat::json)
            return fmt::format(
                R"({{"time":"{}","address":"{}","port":{},"size_bytes":{},"md5":"{}","sha256":"{}"}})",
                r.time, r.address, r.port, r.size_bytes, r.md5, r.sha256);
        const char separator = format_ == RecordFormat::csv ? ',' : '\t';
        return fmt::format("{1}{0}{2}{0}{3}{0}{4}{0}{5}{0}{6}", separator,
                           exact_record_time(received), r.address, r.port, r.size_bytes, r.md5,
                           r.sha256);
    }

    // Receiving goes on when the disk is full; that is said once, and the status says so in the
    // end.
    void record(cli::Context& context, AppendFile& file, const Recorded& recorded,
                Summary& summary) const try {
        file.append(recorded.line + "\n");
        if (fsync_) file.sync();
        context.out.emit(recorded);
    } catch (const Failure& failure) {
        if (summary.not_recorded++ == 0) context.log.error(failure.what());
    }

    cli::Server server_{5003, std::chrono::milliseconds(0), cli::Transport::datagram};
    std::string output_ = "datagrams.txt";
    RecordFormat format_ = RecordFormat::text;
    bool fsync_ = false;
    bool ack_ = false;
    Digest md5_{"md5"};
    Digest sha256_{"sha256"};
};

constexpr cli::Example examples[] = {
    {"nettool udp-log-server -o log.txt", "record datagrams to port 5003"},
    {"nettool udp-log-server --format csv -o log.csv", "for a spreadsheet"},
};

}  // namespace

extern constinit const cli::CommandSpec udp_log_server{
    .name = "udp-log-server",
    .group = "Classroom pairs",
    .summary = "write a record of every datagram to a file",
    .details =
        R"(A record is one line: the kernel's receive time, the sender's address and port, the length, the MD5 and
the SHA-256 of the bytes, separated by tabs. Nothing is answered unless asked for. A record that
cannot be written is counted, and so are the datagrams that the kernel had to drop.)",
    .examples = examples,
    .results = &cli::described<cli::Listening, Recorded, Summary>,
    .make = &cli::make<UdpLogServer>,
};

}  // namespace nettool::commands
