// serve-http: the files of a directory, for browsers and for everything else that speaks HTTP.

#include "access_log.hpp"
#include "greeting.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/qr_code.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/http/fault_handler.hpp"
#include "nettool/http/file_service.hpp"
#include "nettool/http/redirect.hpp"
#include "nettool/http/server.hpp"
#include "nettool/web/shared_options.hpp"

#include <memory>
#include <thread>

#include <sys/stat.h>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;

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
            .flag("compress", compress_,
                  "compress what becomes shorter by it, for clients that ask for it")
            .flag("archive", archive_, "offer directories as .tar and .zip")
            .flag("cors", cors_, "let the pages of other sites read what is served")
            .flag("hidden", root_.hidden, "serve and list names that begin with a dot")
            .flag("follow", root_.follow, "follow symbolic links out of the directory")
            .flag("qr", qr_, "show the address as a QR code for phones")
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
        declare_uploads(options);
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        const auto root = directory();
        http::FileService::Options options = service_options();
        if (uploads_) make_directory(context, root);
        if (qr_) (void)cli::qr_code("fails now or never");
        limits_.max_body = max_body_.bytes;
        limits_.min_rate = min_rate_.bytes;
        const http::FileService service(root, std::move(options));
        AccessLog log(context, log_format_, log_file_);
        proto::FaultRules rules(server_.seed());
        web::add_fault_rules(rules, inject_, http::fault_fields);
        http::Server::Handler handler = [&service](http::Exchange& exchange) {
            return service.answer(exchange);
        };
        if (!rules.empty()) handler = http::with_faults(std::move(handler), rules);
        auto observer = [&log](const http::Exchange& exchange) { log.note(exchange); };
        http::Server http(limits_, std::move(handler), observer);
        if (rules.empty())
            http.answer_shortly(
                [&service](const http::Exchange& exchange) { return service.ready(exchange); });
        auto session = [&http](net::Stream stream) { return http.serve(std::move(stream)); };
        http::Server::Handler redirect = &http::redirect_to_https;
        const http::Server plain(limits_, std::move(redirect), observer);
        server_.receive_plaintext(
            [&plain](net::Stream stream) { return plain.serve(std::move(stream)); });
        server_.tell([this, &context](const net::Endpoint& local) { welcome(context, local); });
        context.use_threads(threads_);
        co_await server_.serve(context, session);
        co_return log.whole() ? cli::ExitCode::ok : cli::ExitCode::local;
    }

private:
    void declare_uploads(cli::OptionSet& options) {
        options.group("Sending files, and who may")
            .flag("upload", uploads_,
                  "let clients send files: by PUT, or with the form of the page")
            .flag("force", force_, "let what they send replace what is there")
            .value("max-upload", max_upload_, "SIZE", "refuse longer files")
            .list("auth", auth_, "USER:PASSWORD",
                  "let in who knows this password only; others see it in the list of processes")
            .value("auth-file", auth_file_, "FILE",
                   "the same from a file with a line for each; hashes of crypt(3) are understood")
            .list("auth-upload", auth_upload_, "USER:PASSWORD",
                  "reading is free, but sending needs this password");
    }

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
        options.reply.cors = cors_;
        options.max_entries = max_entries_;
        if (!index_.empty()) options.index = index_;
        for (const auto& header : headers_) options.reply.fields.push_back(parse_field(header));
        options.compress = compress_;
        options.archives = archive_;
        options.uploads = uploads_;
        options.force = force_;
        options.max_upload = max_upload_.bytes;
        if (!uploads_ && (force_ || !auth_upload_.empty()))
            throw cli::UsageError("--force and --auth-upload go with --upload");
        options.readers = web::credentials("auth", auth_, auth_file_);
        options.writers = web::credentials("auth-upload", auth_upload_, {});
        return options;
    }

    // Where there is nothing to serve yet, there may be something soon.
    static void make_directory(cli::Context& context, const std::string& root) {
        constexpr mode_t as_the_umask_lets = 0777;
        if (::mkdir(root.c_str(), as_the_umask_lets) == 0)
            context.log.notice("made the directory " + quoted(root));
    }

    void welcome(cli::Context& context, const net::Endpoint& local) const {
        greet(context, local, server_.is_tls(), qr_);
        const bool secret = !auth_.empty() || !auth_file_.empty() || !auth_upload_.empty();
        if (local.is_unix || net::is_loopback(local)) return;
        if (secret && !server_.is_tls())
            context.log.notice("passwords pass as plain text here: --tls hides them");
        if (uploads_ && !secret)
            context.log.notice(
                "everybody who gets here may send files: --auth-upload asks for a password");
    }

    static std::pair<std::string, std::string> parse_field(const std::string& text) {
        const auto field = http::parse_field_line(text);
        if (!field) throw cli::UsageError("--header: bad value " + quoted(text) + " (NAME: VALUE)");
        for (const std::string_view own : {"content-length", "transfer-encoding", "connection"})
            if (equal_ignoring_case(field->name, own))
                throw cli::UsageError("--header: " + quoted(field->name) + " is the server's own");
        return {std::string(field->name), std::string(field->value)};
    }

    cli::Server server_{8080, 60s};
    std::vector<std::string> operands_;
    unsigned threads_ = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::string> headers_;
    std::vector<std::string> index_;
    bool compress_ = false;
    bool archive_ = false;
    bool qr_ = false;
    bool uploads_ = false;
    bool force_ = false;
    cli::Size max_upload_{1UL << 30};
    std::vector<std::string> auth_;
    std::string auth_file_;
    std::vector<std::string> auth_upload_;
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
    {"nettool serve-http --tls --compress --qr --port 8443",
     "the same over HTTPS, compressed, and a code for the phone"},
    {"nettool serve-http --upload --auth-upload teacher:secret --max-upload 10M drop",
     "take files from who knows the password"},
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

A file that stands there compressed as well, as NAME.zst, NAME.br or NAME.gz and not older, is sent
that way to clients that ask for it; --compress does so on the fly. With --upload files can be sent:
curl -T FILE URL, or the form of the listing. A file stands under its name only when all of it has come, never in the
place of another unless --force is given, and its sender gets a receipt with the SHA-256.

With --inject requests go wrong on purpose. A RULE is [when FIELD ~ /RE/ then] ACTION[, ACTION...]
[PERCENT%] [N times]; a FIELD is method, target or host; an ACTION is a status, latency TIME, rate SIZE,
reset or close, where status, reset and close may be followed by "after TIME".)",
    .examples = examples,
    .results = &cli::described<cli::Listening, Reachable, Served>,
    .make = &cli::make<ServeHttp>,
};

}  // namespace nettool::commands
