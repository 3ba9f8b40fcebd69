// fetch: what URLs name, whole or not at all, to standard output or into files.

#include "asking.hpp"
#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/runner.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proto/web/file_name.hpp"
#include "nettool/web/agent.hpp"
#include "transfer.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace nettool::commands {
namespace {

using cli::ExitCode;

class Fetch final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("URL", urls_, "what to fetch", 1)
            .value("output,o", output_, "FILE", "write the body there; -: standard output")
            .flag("remote-name,O", remote_name_, "name the file as the URL does")
            .flag("remote-header-name,J", settings_.header_name,
                  "as the server does (Content-Disposition); a file that is there is kept")
            .value("directory,d", settings_.directory, "DIR", "the same, in this directory")
            .flag("fail-with-body", settings_.fail_with_body,
                  "write the body of an error to the file too")
            .flag("resume", settings_.resume,
                  "go on with what an earlier fetch of the same URL has left")
            .value("retry", settings_.retries, "N",
                   "try so often again after a lost connection or a status that may pass")
            .value("max-wait", settings_.max_wait, "TIME", "wait no longer for another try")
            .value("parallel", parallel_, "N", "fetch so many files at the same time")
            .value("max-size", max_size_, "SIZE", "refuse a longer body")
            .value("checksum", checksum_, "ALGORITHM:HEX",
                   "refuse a body with another digest (sha256, sha512, sha1, md5)")
            .flag("include,i", settings_.include, "write the head of the response too")
            .flag("timing", settings_.timing,
                  "say how long each phase took, for each redirect and each address")
            .flag("explain", settings_.explain, "say what happens, and which RFC says so");
        asking_.declare(options);
        agent_.declare(options);
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        agent_.check();
        asking_.check();
        check(context);
        for (const auto& url : urls_) {
            requests_.push_back(asking_.request_for(context, url));
            paths_.push_back(path_for(url));
        }
        const auto client = agent_.client(context);
        co_await fetch_all(context, client);
        agent_.save_cookies();
        co_return worst_;
    }

private:
    bool names_files() const {
        return remote_name_ || settings_.header_name || !settings_.directory.empty();
    }

    void check(const cli::Context& context) {
        if (names_files() && !output_.empty())
            throw cli::UsageError(
                "--output does not go with --remote-name, --remote-header-name or --directory");
        const bool to_file = names_files() || (!output_.empty() && output_ != "-");
        if (!output_.empty() && output_ != "-" && urls_.size() > 1)
            throw cli::UsageError("--output takes one URL; --directory takes several");
        if (context.out.format() == cli::Output::Format::json && !to_file)
            throw cli::UsageError("--json needs --output, --remote-name or --directory");
        if (settings_.resume && (!to_file || settings_.header_name || asking_.asks_range()))
            throw cli::UsageError(
                "--resume needs a file of a known name, and all of it: --output or --remote-name");
        if (parallel_ == 0) throw cli::UsageError("--parallel: bad value 0");
        if (!checksum_.empty()) {
            settings_.checksum = parse_checksum(checksum_);
            if (!settings_.checksum)
                throw cli::UsageError("--checksum: bad value " + nettool::quoted(checksum_, 200) +
                                      " (sha256:HEX)");
            if (urls_.size() > 1) throw cli::UsageError("--checksum takes one URL");
            // It is that of the whole, and a part would go unchecked.
            if (asking_.asks_range()) throw cli::UsageError("--checksum does not go with --range");
        }
        settings_.include = settings_.include || asking_.asks_head_only();
        settings_.decodes = asking_.is_compressed();
        settings_.asks_range = asking_.asks_range();
        if (max_size_) settings_.max_size = max_size_->bytes;
    }

    // Two URLs of one run never write one file.
    std::string path_for(const std::string& url) {
        if (!names_files()) return output_.empty() ? "-" : output_;
        const auto name = proto::file_name_of_path(web::url_of(url).path);
        auto numbered = name;
        for (unsigned i = 2; !names_.insert(ascii_lowered(numbered)).second; ++i)
            numbered = proto::numbered_file_name(name, i);
        return (std::filesystem::path(settings_.directory) / numbered).string();
    }

    awaitable<void> fetch_all(cli::Context& context, const http::Client& client) {
        // Standard output takes one after the other.
        const bool ordered = paths_.front() == "-" || paths_.size() == 1;
        const bool visible = paths_.front() == "-" && context.out.sink().is_terminal();
        cli::Progress progress(context.log, !visible, std::nullopt);
        if (ordered) {
            co_await work(context, client, progress);
            co_return;
        }
        std::exception_ptr unexpected;
        net::TaskGroup workers(context.executor,
                               [&unexpected](std::exception_ptr error) { unexpected = error; });
        for (std::size_t i = 0; i < std::min<std::size_t>(parallel_, urls_.size()); ++i)
            workers.spawn(work(context, client, progress));
        co_await workers.join();
        if (unexpected) std::rethrow_exception(unexpected);
    }

    // Takes the next URL that nobody has taken, until there is none.
    awaitable<void> work(cli::Context& context, const http::Client& client,
                         cli::Progress& progress) {
        co_await net::hear_requests_to_stop();
        const Transfer::Parts parts{client, settings_, progress};
        while (next_ < urls_.size()) {
            const auto i = next_++;
            Transfer transfer(context, parts, std::move(requests_[i]), urls_[i], paths_[i]);
            const auto code = co_await transfer.run();
            worst_ = std::max(worst_, code);
        }
    }

    std::vector<std::string> urls_;
    std::string output_;
    bool remote_name_ = false;
    unsigned parallel_ = 4;
    std::optional<cli::Size> max_size_;
    std::string checksum_;
    TransferSettings settings_;
    Asking asking_;
    web::Agent agent_;
    std::vector<http::Request> requests_;
    std::vector<std::string> paths_;
    std::set<std::string> names_;  // in lower case
    std::size_t next_ = 0;
    ExitCode worst_ = ExitCode::ok;
};

constexpr cli::Example examples[] = {
    {"nettool fetch http://127.0.0.1:8080/README.md", "to standard output"},
    {"nettool fetch -o page.html --timing http://127.0.0.1:8080/", "to a file, with the times"},
    {"nettool fetch -I http://127.0.0.1:8080/README.md", "what the server says of it"},
    {"nettool fetch --explain -o /dev/null http://127.0.0.1:8080/", "what happens on the way"},
    {"nettool fetch -O --resume --retry 5 http://127.0.0.1:8080/README.md && wc -l README.md",
     "whatever happens to the connection"},
};

}  // namespace

extern constinit const cli::CommandSpec fetch{
    .name = "fetch",
    .group = "Web",
    .summary = "get what a URL names over HTTP or HTTPS",
    .details =
        R"(Writes the body to standard output, or to a file that appears under its name only when it is whole;
what came of a file before the connection was lost is kept aside, and --resume goes on with it if the
server still has the same. Redirects are followed, but to http and https only, and the password
stays with the server it is for. A status of 400 or more makes the exit status 1; such a body is
shown, but written to a file only with --fail-with-body. Files are fetched several at a time over
connections that stay; to standard output one goes after the other.)",
    .examples = examples,
    .results = &cli::described<Fetched>,
    .make = &cli::make<Fetch>,
};

}  // namespace nettool::commands
