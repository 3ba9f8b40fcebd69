// file-server: sends files of a directory to HTTP clients and to those who send a bare name.

#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/connection_report.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/http/file_service.hpp"
#include "nettool/http/server.hpp"
#include "nettool/net/message_reader.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/proto/classroom/file_request.hpp"

#include <boost/asio/error.hpp>

#include <array>
#include <memory>
#include <thread>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;
using proto::FileDialect;

struct Transfer {
    static constexpr std::string_view event = "transfer";
    net::Endpoint peer;
    std::string dialect;  // http, name or list
    std::string file;
    std::string status;
    std::uint64_t size_bytes = 0;
    double time_ms = 0;
    std::optional<double> smoothed_rtt_ms;  // after it
};
BOOST_DESCRIBE_STRUCT(Transfer, (),
                      (peer, dialect, file, status, size_bytes, time_ms, smoothed_rtt_ms))

std::string print(const Transfer& t) {
    const auto rate = t.time_ms > 0 ? static_cast<double>(t.size_bytes) / t.time_ms / 1000 : 0;
    auto text =
        fmt::format("{}: {} ({}): {}, {} bytes in {:.3f} ms, {:.1f} MB/s", to_string(t.peer),
                    escaped(t.file), t.dialect, t.status, t.size_bytes, t.time_ms, rate);
    if (t.smoothed_rtt_ms)
        text += fmt::format(", RTT smoothed by the kernel {:.3f} ms", *t.smoothed_rtt_ms);
    return text;
}

/// What a connection has said before it is known what it speaks.
struct Opening {
    FileDialect dialect = FileDialect::open;
    std::string bytes;
    bool has_line_feed = false;
    error_code trouble;
};

class FileServer final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options
            .operands("PORT|DIR", operands_,
                      "where to listen, and what to serve (default: the current directory)")
            .value("root", root_, "DIR", "serve this directory")
            .value("threads", threads_, "N", "serve with this many threads")
            .flag("digest", digest_, "send the SHA-256 of each file before it (Repr-Digest)")
            .flag("hidden", files_.hidden, "serve names that begin with a dot too")
            .flag("follow", files_.follow, "follow symbolic links out of the directory")
            .value("gap", gap_, "MS", "a silence this long ends a bare name; off: only LF does")
            .value("max-entries", max_entries_, "N", "end a list after so many names");
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        take_operands();
        http::FileService::Options options;
        options.root = files_;
        options.digest = digest_;
        options.max_entries = max_entries_;
        const http::FileService service(root_, std::move(options));
        const auto root = std::make_shared<const http::FileRoot>(root_, files_);
        http::Server::Handler handler = [&service](http::Exchange& exchange) {
            exchange.close_afterwards();
            return service.answer(exchange);
        };
        auto observer = [this, &context](const http::Exchange& exchange) {
            tell(context, exchange);
        };
        const http::Server http(http::ServerLimits{}, std::move(handler), std::move(observer));
        auto session = [&](net::Stream stream) {
            return serve_one(context, http, root, std::move(stream));
        };
        context.use_threads(threads_);
        co_await server_.serve(context, session);
        co_return cli::ExitCode::ok;
    }

private:
    using Root = std::shared_ptr<const http::FileRoot>;

    void take_operands() {
        if (threads_ == 0) throw cli::UsageError("--threads: bad value '0'");
        server_.take_port(operands_);
        if (!operands_.empty() && !root_.empty())
            throw cli::UsageError("--root and the operand name two directories");
        if (!operands_.empty()) {
            root_ = operands_.front();
            operands_.erase(operands_.begin());
        }
        if (root_.empty()) root_ = ".";
        cli::refuse_operands(operands_);
    }

    awaitable<void> serve_one(cli::Context& context, const http::Server& http, Root root,
                              net::Stream stream) const {
        context.out.emit(cli::report_of(stream.info(), server_.idle()));
        const auto opening = co_await read_opening(stream);
        if (opening.dialect == FileDialect::http) {
            co_await http.serve(std::move(stream), opening.bytes);
            co_return;
        }
        if (!opening.bytes.empty()) co_await answer_name(context, stream, opening, root);
        co_await stream.finish();
    }

    // Up to where it is known who speaks; nothing is lost of it.
    awaitable<Opening> read_opening(net::Stream& stream) const {
        constexpr std::size_t most_bytes = 8UL * 1024;
        constexpr auto whole_request = 30s;
        Opening opening;
        stream.end_by(net::Stream::Clock::now() + whole_request);
        std::array<char, 4096> buffer;
        while (opening.bytes.size() < most_bytes) {
            auto patience = opening.bytes.empty() ? 0ms : gap_.length(stream, false);
            if (opening.dialect == FileDialect::half_http) patience = 500ms;
            if (!opening.bytes.empty()) stream.acknowledge_quickly();
            const auto size = co_await stream.read(asio::buffer(buffer), patience);
            opening.trouble = size.error();
            if (!size) break;
            opening.bytes.append(buffer.data(), *size);
            opening.dialect = proto::judge_file_request(opening.bytes);
            if (opening.dialect == FileDialect::http || opening.dialect == FileDialect::name) break;
        }
        const bool ended = opening.trouble == Errc::paused || opening.trouble == asio::error::eof;
        if (opening.trouble && !ended) opening.bytes.clear();
        opening.has_line_feed = opening.bytes.find('\n') != std::string::npos;
        stream.end_whenever();
        co_return opening;
    }

    awaitable<void> answer_name(cli::Context& context, net::Stream& stream, const Opening& opening,
                                Root root) const {
        const auto begun = net::Stream::Clock::now();
        auto line = opening.bytes.substr(0, opening.bytes.find('\n'));
        line = line.substr(0, line.find('\0'));
        Transfer transfer;
        transfer.peer = stream.flow().peer;
        transfer.file = std::string(trimmed(line));
        transfer.dialect = transfer.file == "list" ? "list" : "name";
        const std::string_view end = opening.has_line_feed ? "\n" : "";
        if (transfer.dialect == "list")
            co_await send_list(stream, root, transfer);
        else
            co_await send_file(stream, *root, end, transfer);
        const auto spent = net::Stream::Clock::now() - begun;
        transfer.time_ms = std::chrono::duration<double, std::milli>(spent).count();
        if (const auto rtt = stream.info().smoothed_rtt)
            transfer.smoothed_rtt_ms = static_cast<double>(rtt->count()) / 1000;
        context.out.emit(transfer);
    }

    static awaitable<void> refuse(net::Stream& stream, std::string_view why, std::string_view end,
                                  Transfer& transfer) {
        const auto text = fmt::format("ERROR: {}: {}{}", why, escaped(transfer.file), end);
        transfer.status = why;
        (void)co_await stream.write(text);
    }

    static awaitable<void> send_file(net::Stream& stream, const http::FileRoot& root,
                                     std::string_view end, Transfer& transfer) {
        const auto names = proto::split_file_name(transfer.file);
        if (!names) {
            co_await refuse(stream, "not found", end, transfer);
            co_return;
        }
        const auto file = root.open(*names);
        if (!file || file->is_directory()) {
            const bool denied = file.error() == boost::system::errc::permission_denied;
            co_await refuse(stream,
                            file     ? "is a directory"
                            : denied ? "not permitted"
                                     : "not found",
                            end, transfer);
            co_return;
        }
        const auto sent = co_await stream.send_file(file->descriptor.get(), 0, file->size());
        transfer.size_bytes = file->size();
        transfer.status = sent ? "sent" : sent.error().message();
        // A FIN would mean that this was all.
        if (!sent) stream.reset();
    }

    awaitable<void> send_list(net::Stream& stream, Root root, Transfer& transfer) const {
        auto job = [root, max = max_entries_]() -> result<http::DirectoryListing> {
            const auto top = root->open({});
            if (!top) return top.error();
            return root->list(*top, {}, max);
        };
        const auto listing = co_await net::offload(std::move(job));
        std::string text;
        if (listing)
            for (const auto& entry : listing->entries)
                text += escaped(entry.name) + (entry.is_directory ? "/\n" : "\n");
        const auto sent = co_await stream.write(text);
        transfer.size_bytes = text.size();
        transfer.status = sent ? "sent" : sent.error().message();
    }

    void tell(cli::Context& context, const http::Exchange& exchange) const {
        Transfer transfer;
        transfer.peer = exchange.flow().peer;
        transfer.dialect = "http";
        transfer.file = exchange.request().target;
        transfer.status = std::to_string(exchange.status());
        transfer.size_bytes = exchange.body_bytes();
        transfer.time_ms = std::chrono::duration<double, std::milli>(exchange.elapsed()).count();
        context.out.emit(transfer);
    }

    cli::Server server_{9089, 60s};
    std::vector<std::string> operands_;
    std::string root_;
    unsigned threads_ = std::max(1U, std::thread::hardware_concurrency());
    bool digest_ = false;
    http::FileRoot::Options files_;
    net::Gap gap_;
    std::size_t max_entries_ = 100'000;
};

constexpr cli::Example examples[] = {
    {"nettool file-server 9089 .", "the files of the current directory"},
    {"nettool file-server --digest --root /usr/share/common-licenses",
     "with a digest for each, which file-client compares"},
};

}  // namespace

extern constinit const cli::CommandSpec file_server{
    .name = "file-server",
    .group = "Classroom pairs",
    .summary = "send the files of a directory, and show each connection",
    .details =
        R"(One port, three dialects, told apart by the first bytes: a request of HTTP is answered as by a web
server, and the connection closed; a bare name, ended by a line feed or a short silence, is answered
with the bytes of the file, and the end of the connection is the end of the file; "list" is answered
with the names. The parameters of each connection are shown, each said by what it is.)",
    .examples = examples,
    .results = &cli::described<cli::Listening, cli::ConnectionReport, Transfer>,
    .make = &cli::make<FileServer>,
};

}  // namespace nettool::commands
