// fetch-report: what came for a URL, measured, with a digest of each thousand bytes.

#include "comparison.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/spool.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/progress.hpp"
#include "nettool/cli/runner.hpp"
#include "nettool/http/content.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/proto/web/report.hpp"
#include "nettool/web/agent.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using cli::ExitCode;

struct Piece {
    std::uint64_t number = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::string md5;
};
BOOST_DESCRIBE_STRUCT(Piece, (), (number, first, last, md5))

struct Report {
    static constexpr std::string_view event = "report";
    std::string url;
    std::string final_url;
    unsigned redirects = 0;
    unsigned status = 0;
    std::string reason;
    std::uint64_t size_bytes = 0;
    std::string type;
    std::string encoding;
    double response_ms = 0;
    double name_ms = 0;
    double connect_ms = 0;
    double tls_ms = 0;
    double total_ms = 0;
    std::string error;
    std::vector<Piece> fragments;
};
BOOST_DESCRIBE_STRUCT(Report, (),
                      (url, final_url, redirects, status, reason, size_bytes, type, encoding,
                       response_ms, name_ms, connect_ms, tls_ms, total_ms, error, fragments))

// All lines but those of the fragments.
std::string print(const Report& report) {
    auto text = fmt::format("url: {}\n", escaped(report.url));
    if (report.redirects > 0)
        text += fmt::format("final url: {}\nredirects: {}\n", report.final_url, report.redirects);
    if (report.status != 0) {
        text += fmt::format("status: {} {}\nsize: {}\ntype: {}\n", report.status,
                            escaped(report.reason), report.size_bytes,
                            report.type.empty() ? "unknown" : escaped(report.type));
        if (!report.encoding.empty())
            text += fmt::format("encoding: {}\n", escaped(report.encoding));
        text +=
            fmt::format("response time: {:.3f} ms\nname time: {:.3f} ms\nconnect time: {:.3f} ms\n",
                        report.response_ms, report.name_ms, report.connect_ms);
        if (report.tls_ms > 0) text += fmt::format("tls time: {:.3f} ms\n", report.tls_ms);
        text += fmt::format("total time: {:.3f} ms\n", report.total_ms);
    }
    if (!report.error.empty()) text += fmt::format("error: {}\n", escaped(report.error));
    text.pop_back();
    return text;
}

struct Verified {
    static constexpr std::string_view event = "verified";
    std::string report;
    std::string file;
    std::uint64_t fragments = 0;
    std::uint64_t differences = 0;
};
BOOST_DESCRIBE_STRUCT(Verified, (), (report, file, fragments, differences))

std::string print(const Verified& verified) {
    if (verified.differences == 0)
        return fmt::format("{}: all {} fragments agree", escaped(verified.file),
                           verified.fragments);
    return fmt::format("{}: {} of {} fragments differ", escaped(verified.file),
                       verified.differences, verified.fragments);
}

class FetchReport final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options
            .operands("URL|FILE", operands_, "what to fetch; with --verify: the file to compare", 1)
            .value("output,o", output_, "FILE", "write the report there")
            .value("verify", verify_, "REPORT", "compare a file with the fragments of a report")
            .value("max-size", max_size_, "SIZE", "end a longer body there, as an error");
        agent_.declare(options);
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        agent_.check();
        const auto operand = operands_.front();
        operands_.erase(operands_.begin());
        cli::refuse_operands(operands_);
        if (!verify_.empty()) co_return co_await verify(context, operand);
        co_return co_await report(context, operand);
    }

private:
    awaitable<ExitCode> verify(cli::Context& context, std::string file) const {
        if (!output_.empty()) throw cli::UsageError("--output does not go with --verify");
        auto job = [report = verify_, file] { return compare(report, file); };
        const auto comparison = co_await net::offload(std::move(job));
        for (const auto& difference : comparison.shown) context.out.emit(difference);
        Verified verified;
        verified.report = verify_;
        verified.file = file;
        verified.fragments = comparison.fragments;
        verified.differences = comparison.differences;
        context.out.emit(verified);
        co_return comparison.differences == 0 ? ExitCode::ok : ExitCode::refused;
    }

    awaitable<ExitCode> report(cli::Context& context, std::string text) {
        http::Request request(web::url_of(text));
        // The fragments are to be those of the file, not of a compressed form of it.
        request.fields.emplace_back("Accept-Encoding", "identity");
        if (max_size_) agent_.limit_body(max_size_->bytes);
        const auto client = agent_.client(context);
        Report report;
        report.url = text;
        SpooledText fragments;
        auto code = ExitCode::ok;
        try {
            const auto response = co_await client.send(std::move(request));
            code = describe(*response, report);
            const auto trouble = co_await read_body(context, *response, report, fragments);
            if (trouble) throw Failure(*trouble);
        } catch (const Failure& failure) {
            context.log.error(failure.what());
            report.error = failure.what();
            code = cli::exit_code_of(failure.fault());
        }
        write(context, report, fragments);
        agent_.save_cookies();
        co_return code;
    }

    static ExitCode describe(const http::Response& response, Report& report) {
        report.final_url = public_text(response.url());
        report.redirects = response.redirects;
        report.status = response.status();
        report.reason = response.head().reason;
        report.type = response.field("content-type");
        report.encoding = response.field("content-encoding");
        return response.is_error() ? ExitCode::refused : ExitCode::ok;
    }

    // What is wrong with the body, if something is.
    awaitable<std::optional<Failure>> read_body(cli::Context& context, http::Response& response,
                                                Report& report, SpooledText& lines) const {
        const bool json = context.out.format() == cli::Output::Format::json;
        const bool text = !json || (!output_.empty() && output_ != "-");
        proto::Fragmenter fragmenter([&](const proto::Fragment& fragment) {
            if (text) lines.write(fragment_line(fragment));
            if (json)
                report.fragments.push_back(
                    {fragment.number, fragment.first, fragment.last, fragment.md5});
        });
        cli::Progress progress(context.log, true, response.body().announced());
        std::optional<Failure> trouble;
        for (;;) {
            const auto piece = co_await response.body().next();
            const error_code ec = piece.error();
            if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
            if (ec) trouble = http::failure_of_body(response, ec);
            if (ec || piece->empty()) break;
            fragmenter.feed(*piece);
            progress.advance(piece->size());
        }
        fragmenter.finish();
        const auto timing = http::timing_of(response.phases(), net::Stream::Clock::now());
        report.size_bytes = fragmenter.size();
        report.response_ms = timing.response_ms;
        report.name_ms = timing.name_ms;
        report.connect_ms = timing.connect_ms;
        report.tls_ms = timing.tls_ms;
        report.total_ms = timing.total_ms;
        co_return trouble;
    }

    void write(cli::Context& context, const Report& report, SpooledText& fragments) const {
        const bool json = context.out.format() == cli::Output::Format::json;
        if (json || output_.empty() || output_ == "-") context.out.emit(report);
        if (output_.empty() || output_ == "-")
            return fragments.drain([&](std::string_view lines) { context.out.write(lines); });
        WholeFile file(output_);
        file.write(print(report) + "\n");
        fragments.drain([&file](std::string_view lines) { file.write(lines); });
        file.commit();
    }

    std::vector<std::string> operands_;
    std::string output_;
    std::string verify_;
    std::optional<cli::Size> max_size_;
    web::Agent agent_;
};

constexpr cli::Example examples[] = {
    {"nettool fetch-report http://127.0.0.1:8080/README.md", "status, size, type, times, digests"},
    {"nettool fetch-report 127.0.0.1:8080/README.md -o r && "
     "nettool fetch-report --verify r README.md",
     "whether what was served is the file"},
};

}  // namespace

extern constinit const cli::CommandSpec fetch_report{
    .name = "fetch-report",
    .group = "Web",
    .summary = "report status, size, type, times and digests of what a URL names",
    .details =
        R"(Writes one "name: value" a line: url, status, size, type, response time and the other times, and for
each fragment of at most 1000 bytes of the body its offsets and its MD5. A body of any size is
reported in constant memory. An error status is a report too (exit status 1), and so is a body that
is cut short or a server that is not there: the report has an error line, and the exit status is 3.)",
    .examples = examples,
    .results = &cli::described<Report, Difference, Verified>,
    .make = &cli::make<FetchReport>,
};

}  // namespace nettool::commands
