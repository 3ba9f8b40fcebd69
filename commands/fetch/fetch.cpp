// fetch: what a URL names, whole or not at all, to standard output or into a file.

#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/progress.hpp"
#include "nettool/cli/runner.hpp"
#include "nettool/http/content.hpp"
#include "nettool/proto/web/content_decoder.hpp"
#include "nettool/proto/web/file_name.hpp"
#include "nettool/web/agent.hpp"
#include "target.hpp"

#include <filesystem>
#include <optional>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using cli::ExitCode;

struct Fetched {
    static constexpr std::string_view event = "fetched";
    std::string url;
    std::string final_url;
    unsigned redirects = 0;
    unsigned status = 0;
    std::string type;
    std::string file;
    std::uint64_t size_bytes = 0;  // as written
    double name_ms = 0;
    double connect_ms = 0;
    double tls_ms = 0;
    double response_ms = 0;
    double total_ms = 0;
};
BOOST_DESCRIBE_STRUCT(Fetched, (),
                      (url, final_url, redirects, status, type, file, size_bytes, name_ms,
                       connect_ms, tls_ms, response_ms, total_ms))

std::string print(const Fetched& fetched) { return fetched.url; }

std::string timing_text(const http::Timing& timing) {
    return fmt::format(
        "name {:.3f} ms, connect {:.3f} ms, TLS {:.3f} ms, first byte {:.3f} ms, total {:.3f} ms",
        timing.name_ms, timing.connect_ms, timing.tls_ms, timing.response_ms, timing.total_ms);
}

class Fetch final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("URL", urls_, "what to fetch, one after the other", 1)
            .value("output,o", output_, "FILE", "write the body there; -: standard output")
            .flag("remote-name,O", remote_name_, "name the file as the URL does")
            .value("directory,d", directory_, "DIR", "the same, in this directory")
            .flag("fail-with-body", fail_with_body_, "write the body of an error to the file too")
            .value("max-size", max_size_, "SIZE", "refuse a longer body")
            .flag("include,i", include_, "write the head of the response too")
            .flag("head,I", head_, "ask for the head only (HEAD), and write it")
            .flag("timing", timing_, "say how long each phase took");
        options.group("Request")
            .value("request,X", method_, "METHOD", "ask with this method")
            .list("header,H", headers_, "'NAME: VALUE'",
                  "send this field; without a value: do not send it")
            .value("user,u", user_, "USER:PASSWORD", "log in (Basic)")
            .list("data", data_, "TEXT|@FILE", "send this as a form does (POST)")
            .list("data-binary", data_binary_, "TEXT|@FILE", "the same, line ends kept")
            .value("max-data", max_data_, "SIZE", "send no more than this of a file")
            .flag("compressed", compressed_, "ask for a compressed body, and decompress it")
            .flag("http1.0", http10_, "ask with HTTP/1.0");
        agent_.declare(options);
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        agent_.check();
        check(context);
        std::vector<http::Request> requests;
        for (const auto& url : urls_) requests.push_back(request_for(url));
        const auto client = agent_.client(context);
        auto worst = ExitCode::ok;
        for (std::size_t i = 0; i < requests.size(); ++i) {
            ExitCode code{};
            try {
                code = co_await fetch(context, client, std::move(requests[i]), urls_[i]);
            } catch (const Failure& failure) {
                context.log.error(failure.what());
                code = cli::exit_code_of(failure.fault());
            }
            worst = std::max(worst, code);
        }
        co_return worst;
    }

private:
    void check(const cli::Context& context) const {
        const bool named = remote_name_ || !directory_.empty();
        if (named && !output_.empty())
            throw cli::UsageError("--output does not go with --remote-name or --directory");
        if (!output_.empty() && output_ != "-" && urls_.size() > 1)
            throw cli::UsageError("--output takes one URL; --directory takes several");
        if (context.out.format() == cli::Output::Format::json && !named &&
            (output_.empty() || output_ == "-"))
            throw cli::UsageError("--json needs --output, --remote-name or --directory");
        if (head_ && (!data_.empty() || !data_binary_.empty()))
            throw cli::UsageError("--head does not go with --data");
        if (!method_.empty() && !http::is_token(method_))
            throw cli::UsageError("--request: bad value " + nettool::quoted(method_));
    }

    http::Request request_for(const std::string& text) const {
        auto url = proto::parse_typed_url(text);
        if (!url) throw cli::UsageError("not a URL of http or https: " + quoted(text, 200));
        http::Request request(*std::move(url));
        request.minor_version = http10_ ? 0 : 1;
        if (!user_.empty()) log_in(request);
        add_data(request);
        if (head_) request.method = "HEAD";
        if (!method_.empty()) request.method = method_;
        if (compressed_)
            request.fields.emplace_back("Accept-Encoding", proto::ContentDecoder::accepted);
        add_headers(request);
        return request;
    }

    void log_in(http::Request& request) const {
        const auto colon = user_.find(':');
        if (colon == user_.npos) throw cli::UsageError("--user: USER:PASSWORD is wanted");
        request.authorize(std::string_view(user_).substr(0, colon), user_.substr(colon + 1));
    }

    void add_data(http::Request& request) const {
        if (data_.empty() && data_binary_.empty()) return;
        auto& body = request.body.emplace();
        const auto add = [&](std::string_view part) {
            if (body.size() > 0) body.add("&");
            body.add(part);
        };
        for (const auto& part : data_) {
            auto text = data_of(part);
            if (part.starts_with('@'))
                std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
            add(text);
        }
        for (const auto& part : data_binary_) add(data_of(part));
        request.method = "POST";
        request.fields.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    }

    std::string data_of(const std::string& part) const {
        return part.starts_with('@') ? read_whole_file(part.substr(1), max_data_.bytes) : part;
    }

    void add_headers(http::Request& request) const {
        for (const auto& header : headers_) {
            const auto field = http::parse_field_line(header);
            if (!field)
                throw cli::UsageError("--header: bad value " + nettool::quoted(header) +
                                      " (NAME: VALUE)");
            if (equal_ignoring_case(field->name, "content-length") ||
                equal_ignoring_case(field->name, "transfer-encoding"))
                throw cli::UsageError("--header: " + quoted(field->name) +
                                      " follows from the body");
            request.remove_field(field->name);
            request.fields.emplace_back(field->name, field->value);
        }
    }

    std::string path_for(const std::string& url) const {
        if (!remote_name_ && directory_.empty()) return output_.empty() ? "-" : output_;
        const auto name = proto::file_name_of_path(proto::parse_typed_url(url)->path);
        return (std::filesystem::path(directory_) / name).string();
    }

    awaitable<ExitCode> fetch(cli::Context& context, const http::Client& client,
                              http::Request request, const std::string& url) const {
        const auto response = co_await client.send(std::move(request));
        const auto status = response->status();
        const auto path = path_for(url);
        const bool refused = response->is_error();
        if (refused)
            context.log.error(fmt::format("{}: {} {}", public_text(response->url()), status,
                                          escaped(response->head().reason)));
        std::uint64_t size = 0;
        const bool written = !refused || path == "-" || fail_with_body_;
        if (written) size = co_await write(context, *response, path);
        const auto timing = http::timing_of(response->phases(), net::Stream::Clock::now());
        if (timing_ && context.out.format() == cli::Output::Format::human)
            context.log.notice(timing_text(timing));
        if (context.out.format() == cli::Output::Format::json)
            context.out.emit(fetched_of(*response, url, written ? path : "", size, timing));
        co_return refused ? ExitCode::refused : ExitCode::ok;
    }

    awaitable<std::uint64_t> write(cli::Context& context, http::Response& response,
                                   std::string path) const {
        if (!directory_.empty()) make_directory();
        Target target(context.out, path);
        if (include_ || head_) target.write(response.raw_head());
        const bool visible = path == "-" && context.out.sink().is_terminal();
        cli::Progress progress(context.log, !visible, response.body().announced());
        const auto max_bytes = max_size_ ? max_size_->bytes : UINT64_MAX;
        std::function<void(std::string_view)> sink = [&](std::string_view piece) {
            target.write(piece);
            progress.advance(piece.size());
        };
        const auto decoding = compressed_ ? http::Decoding::yes : http::Decoding::no;
        co_await http::read_content(response, decoding, max_bytes, std::move(sink));
        target.finish();
        co_return target.size();
    }

    void make_directory() const {
        std::error_code ec;
        std::filesystem::create_directories(directory_, ec);
        if (ec) throw Failure(Fault::local, "make directory " + directory_, ec);
    }

    static Fetched fetched_of(const http::Response& response, const std::string& url,
                              const std::string& file, std::uint64_t size,
                              const http::Timing& timing) {
        Fetched fetched;
        fetched.url = url;
        fetched.final_url = to_string(response.url());
        fetched.redirects = response.redirects;
        fetched.status = response.status();
        fetched.type = response.head().fields.find("content-type").value_or("");
        fetched.file = file;
        fetched.size_bytes = size;
        fetched.name_ms = timing.name_ms;
        fetched.connect_ms = timing.connect_ms;
        fetched.tls_ms = timing.tls_ms;
        fetched.response_ms = timing.response_ms;
        fetched.total_ms = timing.total_ms;
        return fetched;
    }

    std::vector<std::string> urls_;
    std::string output_;
    bool remote_name_ = false;
    std::string directory_;
    bool fail_with_body_ = false;
    std::optional<cli::Size> max_size_;
    bool include_ = false;
    bool head_ = false;
    bool timing_ = false;
    std::string method_;
    std::vector<std::string> headers_;
    std::string user_;
    std::vector<std::string> data_;
    std::vector<std::string> data_binary_;
    cli::Size max_data_{256UL * 1024 * 1024};
    bool compressed_ = false;
    bool http10_ = false;
    web::Agent agent_;
};

constexpr cli::Example examples[] = {
    {"nettool fetch http://127.0.0.1:8080/README.md", "to standard output"},
    {"nettool fetch -o page.html --timing http://127.0.0.1:8080/", "to a file, with the times"},
    {"nettool fetch -I http://127.0.0.1:8080/README.md", "what the server says of it"},
};

}  // namespace

extern constinit const cli::CommandSpec fetch{
    .name = "fetch",
    .group = "Web",
    .summary = "get what a URL names over HTTP or HTTPS",
    .details =
        R"(Writes the body to standard output, or to a file that appears under its name only when it is whole.
Redirects are followed, but to http and https only, and the password stays with the server it is
for. A status of 400 or more makes the exit status 1; such a body is shown, but written to a file
only with --fail-with-body.)",
    .examples = examples,
    .results = &cli::described<Fetched>,
    .make = &cli::make<Fetch>,
};

}  // namespace nettool::commands
