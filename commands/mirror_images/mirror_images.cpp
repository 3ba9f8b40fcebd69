// mirror-images: the images of a page, all of them, each once.

#include "downloads.hpp"
#include "manifest.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/runner.hpp"
#include "nettool/web/agent.hpp"

#include <algorithm>

namespace nettool::commands {
namespace {

using cli::ExitCode;
using proto::ImageSource;

class MirrorImages final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operand("URL", url_, "the page")
            .value("directory,d", directory_, "DIR", "where the images go")
            .list(
                "only", only_, "SOURCE",
                "only what stands there: src, srcset, lazy, input, icon, poster, css, other, meta")
            .flag("all", settings_.meta, "also what others show of the page: og:image and its like")
            .choice("pick", settings_.candidates,
                    {{"all", proto::Candidates::all}, {"best", proto::Candidates::best}},
                    "of an image that is there in several sizes")
            .flag("dry-run", dry_run_, "say which they are, and get none")
            .value("manifest", manifest_, "FILE", "keep a list there: URL, file, SHA-256, …")
            .flag("robots", settings_.robots, "keep to what robots.txt asks for")
            .flag("allow-private", settings_.allow_private,
                  "let a page of the Internet name images of private networks");
        options.group("Bounds")
            .value("connections", settings_.per_host, "N", "to one host at a time")
            .value("max-connections", settings_.connections, "N", "to all hosts at a time")
            .value("wait", settings_.wait, "TIME", "between two requests to one host")
            .value("max-images", settings_.max_images, "N", "of one page")
            .value("max-styles", settings_.max_styles, "N", "style sheets to look into")
            .value("max-page", settings_.max_page, "SIZE", "of the page, and of a style sheet")
            .value("max-size", settings_.max_size, "SIZE", "of an image")
            .value("max-total", settings_.max_total, "SIZE", "of all images");
        agent_.declare(options);
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        check();
        const auto begin = std::chrono::steady_clock::now();
        http::Request request(web::url_of(url_));
        const auto client = agent_.client(context);
        RobotsRules robots(client);
        if (settings_.robots) co_await ask_robots(robots, request.url);
        Page page(client, settings_, context.log);
        co_await page.read(std::move(request));
        for (const auto& image : page.skipped()) tell(context, image);
        Summary summary;
        summary.page = public_text(page.url());
        summary.directory = directory_;
        summary.skipped = page.skipped().size();
        summary.style_sheets_failed = page.style_sheets_failed();
        summary.images = page.images().size();
        auto code = ExitCode::ok;
        PictureStore store(directory_);
        const Downloads::Parts parts{client, settings_, page, store, robots};
        if (dry_run_)
            plan(context, page);
        else
            code = co_await mirror(context, parts, summary);
        const std::chrono::duration<double, std::milli> elapsed =
            std::chrono::steady_clock::now() - begin;
        summary.elapsed_ms = elapsed.count();
        agent_.save_cookies();
        if (!dry_run_ || context.out.format() == cli::Output::Format::json)
            context.out.emit(summary);
        co_return code;
    }

private:
    void check() {
        agent_.check();
        for (const auto& word : only_) {
            constexpr auto last = static_cast<int>(ImageSource::meta);
            const auto before = settings_.only.size();
            for (int i = 0; i <= last; ++i)
                if (to_string(static_cast<ImageSource>(i)) == word)
                    settings_.only.push_back(static_cast<ImageSource>(i));
            if (settings_.only.size() == before)
                throw cli::UsageError("--only: bad value " + nettool::quoted(word));
        }
        if (settings_.per_host == 0 || settings_.connections == 0)
            throw cli::UsageError("without connections there are no images");
    }

    static awaitable<void> ask_robots(RobotsRules& robots, const proto::Url& url) {
        co_await robots.learn(url, net::Reach::anywhere);
        if (!robots.allows(url))
            throw Failure(Fault::refused, public_text(url) + " is not for robots");
    }

    static void tell(cli::Context& context, const Image& image) {
        if (context.out.format() == cli::Output::Format::json) return context.out.emit(image);
        context.log.detail("skipped " + escaped(image.url) + ": " + image.reason);
    }

    static void plan(cli::Context& context, const Page& page) {
        for (const auto& wanted : page.images()) {
            Image image;
            image.url = public_text(wanted.url);
            image.source = to_string(wanted.source);
            image.result = "planned";
            context.out.emit(image);
        }
    }

    awaitable<ExitCode> mirror(cli::Context& context, const Downloads::Parts& parts,
                               Summary& summary) const {
        parts.store.open();
        if (!manifest_.empty())
            for (const auto& image : read_manifest(manifest_)) parts.store.remember(image);
        Downloads downloads(context, parts);
        std::exception_ptr failure;
        try {
            co_await downloads.run();
        } catch (const StoreFailure&) {
            failure = std::current_exception();
        }
        for (const auto& image : downloads.images()) {
            summary.saved += image.result == "saved";
            summary.unchanged += image.result == "unchanged";
            summary.linked += image.result == "linked";
            summary.failed += image.result == "failed";
            summary.size_bytes += image.result == "saved" ? image.size_bytes : 0;
        }
        summary.received_bytes = downloads.received_bytes();
        if (!manifest_.empty()) write_manifest(manifest_, downloads.images());
        if (failure) std::rethrow_exception(failure);
        if (co_await net::stop_requested()) co_return ExitCode::interrupted;
        co_return summary.failed > 0 ? ExitCode::refused : ExitCode::ok;
    }

    std::string url_;
    std::string directory_ = ".";
    std::vector<std::string> only_;
    bool dry_run_ = false;
    std::string manifest_;
    MirrorSettings settings_;
    web::Agent agent_;
};

constexpr cli::Example examples[] = {
    {"nettool mirror-images http://127.0.0.1:8080/ -d pictures", "all images of a page"},
    {"nettool mirror-images --dry-run --json http://127.0.0.1:8080/",
     "which those are, and where they stand"},
    {"nettool mirror-images --only src http://127.0.0.1:8080/", "those of img elements only"},
};

}  // namespace

extern constinit const cli::CommandSpec mirror_images{
    .name = "mirror-images",
    .group = "Web",
    .summary = "get all images of a web page",
    .details =
        R"(Reads the page as a browser does and looks for images where pages have them: img, srcset, picture,
the attributes of scripts that load late, style sheets, icons, posters, SVG and data: URLs. Each
URL is asked for once, six at a time from one host; equal images become links to one file. A file
is an image by its bytes, whatever the server calls it, and gets the extension that goes with
them; names come from the URLs, are made safe and, where they are equal, numbered. A second run
asks only for what has changed. One that cannot be had is said on standard error, and the exit
status is 1.)",
    .examples = examples,
    .results = &cli::described<Image, Summary>,
    .make = &cli::make<MirrorImages>,
};

}  // namespace nettool::commands
