// serve-http: the files of a directory, for browsers and for everything else that speaks HTTP.

#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/http/fault_handler.hpp"
#include "nettool/http/file_service.hpp"
#include "nettool/http/server.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;

struct Served {
    static constexpr std::string_view event = "request";
    std::string time;  // RFC 3339
    net::Endpoint peer;
    std::string method;
    std::string target;
    unsigned status = 0;
    std::uint64_t size_bytes = 0;
    double time_ms = 0;
    std::string referer;
    std::string user_agent;

    std::string line;  // as the log has it
};
BOOST_DESCRIBE_STRUCT(Served, (),
                      (time, peer, method, target, status, size_bytes, time_ms, referer,
                       user_agent))

std::string print(const Served& served) { return served.line; }

enum class LogFormat { common, combined, none };

// Where each request leaves its line; from every session's strand.
class AccessLog {
public:
    AccessLog(cli::Context& context, LogFormat format, const std::string& file)
        : context_(context), format_(format) {
        if (!file.empty()) file_ = std::make_unique<AppendFile>(file);
    }

    void note(const http::Exchange& exchange) {
        if (format_ == LogFormat::none) return;
        auto served = served_of(exchange);
        served.line = line_of(served, exchange.received());
        if (!file_) return context_.out.emit(served);
        append(served.line + "\n");
    }

    bool whole() const { return whole_; }

private:
    static Served served_of(const http::Exchange& exchange) {
        const auto& request = exchange.request();
        Served served;
        served.time = rfc3339(exchange.received());
        served.peer = exchange.flow().peer;
        served.method = request.method;
        served.target = request.target;
        served.status = exchange.status();
        served.size_bytes = exchange.body_bytes();
        served.time_ms = std::chrono::duration<double, std::milli>(exchange.elapsed()).count();
        served.referer = request.fields.find("referer").value_or("");
        served.user_agent = request.fields.find("user-agent").value_or("");
        return served;
    }

    std::string line_of(const Served& served, WallTime received) const {
        const auto& peer = served.peer;
        const auto asked = served.method.empty()
                               ? std::string("-")
                               : fmt::format("{} {} HTTP/1.1", served.method, served.target);
        auto line =
            fmt::format("{} - - [{}] {} {} {}", peer.is_unix ? "unix:" : peer.host,
                        log_time(received), in_quotes(asked), served.status, served.size_bytes);
        if (format_ == LogFormat::combined)
            line += fmt::format(" {} {}", in_quotes(served.referer), in_quotes(served.user_agent));
        return line;
    }

    static std::string in_quotes(const std::string& text) {
        return text.empty() ? "\"-\"" : quoted(text, text.size());
    }

    // The client is served even when the disk is full; the status says so in the end.
    void append(const std::string& line) try {
        file_->append(line);
    } catch (const Failure& failure) {
        if (whole_.exchange(false)) context_.log.error(failure.what());
    }

    cli::Context& context_;
    LogFormat format_;
    std::unique_ptr<AppendFile> file_;
    std::atomic<bool> whole_ = true;
};

constexpr std::string_view busy =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 47\r\n"
    "Retry-After: 1\r\nConnection: close\r\n\r\n"
    "503 Service Unavailable: too many connections.\n";

class ServeHttp final : public cli::Command {
public:
    ServeHttp() { server_.admit(20'000, std::string(busy)); }

    void declare(cli::OptionSet& options) override {
        options.operands("DIR", operands_, "what to serve (default: the current directory)")
            .value("threads", threads_, "N", "serve with this many threads")
            .list("header", headers_, "'NAME: VALUE'", "add this field to every response")
            .list("index", index_, "NAME",
                  "serve this file of a directory instead of a listing (default index.html)")
            .flag("cors", cors_, "let the pages of other sites read what is served")
            .flag("hidden", root_.hidden, "serve and list names that begin with a dot")
            .flag("follow", root_.follow, "follow symbolic links out of the directory")
            .choice("log-format", log_format_,
                    {{"common", LogFormat::common},
                     {"combined", LogFormat::combined},
                     {"none", LogFormat::none}},
                    "write a line for each request in this format")
            .value("log", log_file_, "FILE", "append these lines to a file instead")
            .value("head-time", limits_.head_time, "TIME",
                   "hang up on a request whose head is not whole by then")
            .value("max-body", max_body_, "SIZE", "refuse requests with a longer body")
            .value("min-rate", min_rate_, "SIZE",
                   "hang up on a reader that takes fewer bytes a second")
            .value("max-entries", max_entries_, "N", "end a listing after so many entries")
            .list("inject", inject_, "RULE",
                  "let requests go wrong: 503 2%; latency 300ms, rate 50K; reset, 2 times");
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        const auto root = directory();
        http::FileService::Options options = service_options();
        limits_.max_body = max_body_.bytes;
        limits_.min_rate = min_rate_.bytes;
        const http::FileService service(root, std::move(options));
        AccessLog log(context, log_format_, log_file_);
        proto::FaultRules rules(server_.seed());
        add_rules(rules);
        http::Server::Handler handler = [&service](http::Exchange& exchange) {
            return service.answer(exchange);
        };
        if (!rules.empty()) handler = http::with_faults(std::move(handler), rules);
        auto observer = [&log](const http::Exchange& exchange) { log.note(exchange); };
        const http::Server http(limits_, std::move(handler), std::move(observer));
        auto session = [&http](net::Stream stream) { return http.serve(std::move(stream)); };
        context.use_threads(threads_);
        co_await server_.serve(context, session);
        co_return log.whole() ? cli::ExitCode::ok : cli::ExitCode::local;
    }

private:
    std::string directory() {
        if (threads_ == 0) throw cli::UsageError("--threads: bad value '0'");
        if (operands_.empty()) return ".";
        auto root = operands_.front();
        operands_.erase(operands_.begin());
        cli::refuse_operands(operands_);
        return root;
    }

    http::FileService::Options service_options() const {
        http::FileService::Options options;
        options.root = root_;
        options.cors = cors_;
        options.max_entries = max_entries_;
        if (!index_.empty()) options.index = index_;
        for (const auto& header : headers_) options.fields.push_back(parse_field(header));
        return options;
    }

    void add_rules(proto::FaultRules& rules) const {
        for (const auto& text : inject_) {
            auto parsed = proto::parse_fault_rule(text, http::fault_fields);
            if (!parsed.rule) throw cli::UsageError("--inject: " + parsed.error);
            rules.add(*std::move(parsed.rule));
        }
    }

    static std::pair<std::string, std::string> parse_field(const std::string& text) {
        const auto field = http::parse_field_line(text);
        if (!field) throw cli::UsageError("--header: bad value " + quoted(text) + " (NAME: VALUE)");
        for (const std::string_view own : {"content-length", "transfer-encoding", "connection"})
            if (http::equal_ignoring_case(field->name, own))
                throw cli::UsageError("--header: " + quoted(field->name) + " is the server's own");
        return {std::string(field->name), std::string(field->value)};
    }

    cli::Server server_{8080, 60s};
    std::vector<std::string> operands_;
    unsigned threads_ = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::string> headers_;
    std::vector<std::string> index_;
    bool cors_ = false;
    http::FileRoot::Options root_;
    LogFormat log_format_ = LogFormat::common;
    std::string log_file_;
    http::ServerLimits limits_;
    cli::Size max_body_{1024UL * 1024};
    cli::Size min_rate_{1024};
    std::size_t max_entries_ = 100'000;
    std::vector<std::string> inject_;
};

constexpr cli::Example examples[] = {
    {"nettool serve-http --port 8080 .", "show the current directory to the browsers here"},
    {"nettool serve-http --tls --port 8443", "the same over HTTPS"},
    {"curl -r 0-9,20-29 http://127.0.0.1:8080/README.md", "two ranges of one file"},
};

}  // namespace

extern constinit const cli::CommandSpec serve_http{
    .name = "serve-http",
    .group = "Web",
    .summary = "serve the files of a directory over HTTP",
    .details =
        R"(Answers GET, HEAD and OPTIONS with the files below a directory: ranges, conditional requests, an index
page or a listing (as JSON for who accepts application/json or asks with ?format=json). Nothing
outside of the directory is served, nor what begins with a dot, and links that lead out are not
followed, unless asked for. A request that could be read in two ways is refused, and with it the
connection.

With --inject requests go wrong on purpose. A RULE is [when FIELD ~ /RE/ then] ACTION[, ACTION...]
[PERCENT%] [N times]; a FIELD is method, target or host; an ACTION is a status, latency TIME, rate SIZE,
reset or close, where status, reset and close may be followed by "after TIME".)",
    .examples = examples,
    .results = &cli::described<cli::Listening, Served>,
    .make = &cli::make<ServeHttp>,
};

}  // namespace nettool::commands
