// file-client: gets one file from a file server, and shows the connection and what came of it.

#include "nettool/base/clock.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/client.hpp"
#include "nettool/cli/connection_report.hpp"
#include "nettool/cli/progress.hpp"
#include "nettool/http/content.hpp"
#include "nettool/http/request.hpp"
#include "nettool/http/response.hpp"
#include "nettool/proto/classroom/file_request.hpp"
#include "nettool/proto/web/file_name.hpp"
#include "nettool/proto/web/http_date.hpp"
#include "nettool/proto/web/target_path.hpp"
#include "saved_file.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <filesystem>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using cli::ExitCode;

struct Status {
    static constexpr std::string_view event = "status";
    unsigned status = 0;  // 0: the naive dialect has none
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(Status, (), (status, reason))

std::string print(const Status& status) {
    if (status.status == 0) return "status: " + escaped(status.reason);
    return fmt::format("status: {} {}", status.status, escaped(status.reason));
}

struct Saved {
    static constexpr std::string_view event = "saved";
    std::string file;  // where it is
    std::uint64_t size_bytes = 0, resumed_bytes = 0;
    double first_byte_ms = 0;  // from the last byte of the request
    double total_ms = 0;
    double rate_mbps = 0;  // megabytes a second
    std::string sha256;
    std::string verified;  // digest, size, or nothing but the end of the connection
};
BOOST_DESCRIBE_STRUCT(Saved, (),
                      (file, size_bytes, resumed_bytes, first_byte_ms, total_ms, rate_mbps, sha256,
                       verified))

std::string print(const Saved& saved) {
    auto text = fmt::format("request to first byte: {:.3f} ms\nsize: {} bytes", saved.first_byte_ms,
                            saved.size_bytes);
    if (saved.resumed_bytes > 0)
        text += fmt::format(", {} of them from before", saved.resumed_bytes);
    return text + fmt::format("\nrate: {:.1f} MB/s\nsha256: {}\nverified: {}\nsaved {}",
                              saved.rate_mbps, saved.sha256, saved.verified, saved.file);
}

class FileClient final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options
            .operands("HOST PORT FILE DIR", operands_, "whom to ask, for what, and where to put it",
                      2)
            .flag("force", saving_.force, "replace a file that is there already")
            .flag("resume", saving_.resume, "go on where an earlier attempt has ended")
            .flag("naive", naive_, "send the bare name instead of a request of HTTP")
            .flag("line", line_, "end the bare name with a line feed")
            .value("max-size", max_size_, "SIZE", "refuse a longer file");
        client_.declare(options);
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        take_operands();
        SavedFile file(path_, saving_);
        modified_ = {};
        std::exception_ptr failure;
        auto code = ExitCode::ok;
        try {
            code = co_await get(context, file);
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure || code != ExitCode::ok) file.give_up(modified_);
        if (failure) std::rethrow_exception(failure);
        co_return code;
    }

private:
    using Clock = net::Stream::Clock;

    void take_operands() {
        const auto directory = operands_.back();
        operands_.pop_back();
        name_ = operands_.back();
        operands_.pop_back();
        client_.take_target(operands_);
        cli::refuse_operands(operands_);
        const auto names = proto::split_file_name(name_);
        if (!names) throw cli::UsageError("not the name of a file: " + nettool::quoted(name_));
        if (line_ && !naive_) throw cli::UsageError("--line goes with --naive");
        if (naive_ && saving_.resume)
            throw cli::UsageError("--resume needs HTTP: a bare name cannot say where to begin");
        names_ = *names;
        path_ = (std::filesystem::path(directory) / proto::safe_file_name(names_.back())).string();
    }

    awaitable<ExitCode> get(cli::Context& context, SavedFile& file) {
        if (naive_) co_return co_await get_naively(context, file);
        const auto left = file.left();
        auto code = co_await get_over_http(context, file, left);
        // What was left is no part of the file any more.
        if (!code) code = co_await get_over_http(context, file, std::nullopt);
        co_return code.value_or(ExitCode::network);
    }

    awaitable<net::Stream> connect(cli::Context& context, net::ConnectPhases& phases) const {
        auto stream = co_await client_.connect(context, &phases);
        auto report = cli::report_of(stream.info(), client_.timeout());
        const auto handshake = phases.connected - phases.resolved;
        report.connect_ms = std::chrono::duration<double, std::milli>(handshake).count();
        context.out.emit(report);
        co_return stream;
    }

    http::Request request_for(const std::optional<WholeFile::Left>& left) const {
        const auto target = client_.target();
        const auto host = target.is_unix ? std::string("localhost") : to_string(target);
        auto url = proto::parse_typed_url("http://" + host + proto::encoded_path(names_, false));
        if (!url) throw cli::UsageError("not a host: " + nettool::quoted(host));
        http::Request request(*std::move(url));
        request.fields.emplace_back("Accept-Encoding", "identity");
        request.fields.emplace_back("Connection", "close");
        if (!left) return request;
        request.fields.emplace_back("Range", fmt::format("bytes={}-", left->bytes));
        // Only if it is still the same file; its time is that of what is left.
        request.fields.emplace_back("If-Range", proto::http_date(left->modified));
        return request;
    }

    // Nothing: the server does not go on where the file was left; ask for all of it.
    awaitable<std::optional<ExitCode>> get_over_http(cli::Context& context, SavedFile& file,
                                                     std::optional<WholeFile::Left> left) {
        http::Phases phases;
        auto stream = co_await connect(context, phases);
        const auto request = request_for(left);
        auto connection = std::make_unique<http::Connection>(std::move(stream));
        http::Response response(std::move(connection), request.url, phases, nullptr);
        http::ResponseLimits limits;
        limits.timeout = client_.timeout();
        if (max_size_) limits.max_body = max_size_->bytes;
        co_await response.ask(head_of(request), nullptr, "GET", limits);
        context.out.emit(Status{response.status(), std::string(response.head().reason)});
        if (response.status() == 416 && left) {
            file.restart();
            co_return std::nullopt;
        }
        if (response.status() != 200 && response.status() != 206) {
            context.log.error("no file: " + response.status_text());
            co_return ExitCode::refused;
        }
        if (const auto time = response.head().fields.find("last-modified"))
            if (const auto parsed = proto::parse_http_date(*time, present_second()))
                modified_ = *parsed;
        begin(response, file, left);
        co_await receive(context, response, file);
        const auto announced = response.field("repr-digest");
        const bool digested = file.verify(announced);
        const bool sized = response.body().announced().has_value();
        finish(context, file, http::timing_of(response.phases(), Clock::now()),
               digested ? "digest"
               : sized  ? "size"
                        : "nothing but the end of the connection");
        co_return ExitCode::ok;
    }

    static void begin(const http::Response& response, SavedFile& file,
                      const std::optional<WholeFile::Left>& left) {
        if (response.status() == 200 || !left) return file.restart();
        const auto range = response.field("content-range");
        if (!range.starts_with(fmt::format("bytes {}-", left->bytes)))
            throw Failure(Fault::local, "the server sends another part than was asked for: " +
                                            quoted(range, 100));
        file.resume();
    }

    static awaitable<void> receive(cli::Context& context, http::Response& response,
                                   SavedFile& file) {
        cli::Progress progress(context.log, true, response.body().announced());
        for (;;) {
            const auto piece = co_await response.body().next();
            const error_code ec = piece.error();
            if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
            if (ec) throw http::failure_of_body(response, ec);
            if (piece->empty()) co_return;
            file.write(*piece);
            progress.advance(piece->size());
        }
    }

    void finish(cli::Context& context, SavedFile& file, const http::Timing& timing,
                std::string_view verified) const {
        file.commit();
        Saved saved;
        saved.file = path_;
        saved.size_bytes = file.size();
        saved.resumed_bytes = file.resumed();
        saved.first_byte_ms = timing.response_ms;
        saved.total_ms = timing.total_ms;
        const auto bytes = static_cast<double>(file.size() - file.resumed());
        const auto sending_ms =
            timing.total_ms - timing.name_ms - timing.connect_ms - timing.tls_ms;
        if (sending_ms > 0) saved.rate_mbps = bytes / sending_ms / 1000;
        saved.sha256 = file.sha256();
        saved.verified = verified;
        context.out.emit(saved);
    }

    // The answer is the file, and its end that of the connection, or one line that begins ERROR.
    awaitable<ExitCode> get_naively(cli::Context& context, SavedFile& file) {
        constexpr std::size_t longest_error = 1024;
        http::Phases phases;
        auto stream = co_await connect(context, phases);
        const auto server = client_.target();
        const auto sent = co_await stream.write(name_ + (line_ ? "\n" : ""));
        if (!sent) throw Failure(Fault::network, "send to " + to_string(server), sent.error());
        phases.sent = Clock::now();
        std::string first;
        std::vector<char> chunk(256UL * 1024);
        for (;;) {
            const auto size = co_await stream.read(asio::buffer(chunk), client_.timeout());
            const error_code ec = size.error();
            if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
            if (ec == asio::error::eof) break;
            if (ec) throw Failure(Fault::network, "receive from " + to_string(server), ec);
            const std::string_view bytes(chunk.data(), *size);
            if (file.size() == 0) phases.first_byte = Clock::now();
            first += bytes.substr(0, longest_error - std::min(longest_error, first.size()));
            file.write(bytes);
            if (max_size_ && file.size() > max_size_->bytes)
                throw Failure(Fault::local, "the file is longer than --max-size allows");
        }
        const bool error = first.starts_with("ERROR: ") && file.size() < longest_error;
        context.out.emit(Status{0, error ? std::string(trimmed(first)) : "none in this dialect"});
        if (error) co_return ExitCode::refused;
        file.verify("");
        finish(context, file, http::timing_of(phases, Clock::now()),
               "nothing but the end of the connection");
        co_return ExitCode::ok;
    }

    cli::Client client_{9089};
    std::vector<std::string> operands_;
    std::string name_;
    std::vector<std::string> names_;
    std::string path_;
    SavedFile::Options saving_;
    bool naive_ = false;
    bool line_ = false;
    std::optional<cli::Size> max_size_;
    std::chrono::sys_seconds modified_{};
};

constexpr cli::Example examples[] = {
    {"nettool file-client localhost 9089 README.md /tmp --force", "over HTTP"},
    {"nettool file-client --naive --force README.md /tmp",
     "as the naive clients of the exercise ask"},
};

}  // namespace

extern constinit const cli::CommandSpec file_client{
    .name = "file-client",
    .group = "Classroom pairs",
    .summary = "get a file from a server, and show the connection",
    .details =
        R"(Shows the parameters of the connection and its round trip times, then the status of the answer, and in
the end size, rate and digest. The file is there under its name only when it is whole: its size is
that which was announced, and so is its digest, if the server sends one. Nothing is replaced without
--force. With --resume what has come of a file is kept, and the next attempt goes on there if the
file is still the same.)",
    .examples = examples,
    .results = &cli::described<cli::ConnectionReport, Status, Saved>,
    .make = &cli::make<FileClient>,
};

}  // namespace nettool::commands
