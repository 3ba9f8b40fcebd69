// list-files: the names in a directory that a web server lists.

#include "nettool/base/text.hpp"
#include "nettool/cli/runner.hpp"
#include "nettool/http/content.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/proto/web/content_decoder.hpp"
#include "nettool/proto/web/listing_reader.hpp"
#include "nettool/web/agent.hpp"

#include <algorithm>
#include <set>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fnmatch.h>

namespace nettool::commands {
namespace {

using cli::ExitCode;
using proto::ListingEntry;

struct Listed {
    static constexpr std::string_view event = "file";
    std::string name;  // with its directories; those end in a slash
    std::string url;
    std::string type;                         // file or directory
    std::optional<std::uint64_t> size_bytes;  // where the server gives it to the byte
    std::string size;                         // as shown
    std::string modified;                     // RFC 3339, or empty

    bool is_long = false;
};
BOOST_DESCRIBE_STRUCT(Listed, (), (name, url, type, size_bytes, size, modified))

std::string print(const Listed& listed) {
    auto name = escaped(listed.name);
    if (!listed.is_long) return name;
    return fmt::format("{:>12} {:20} {}", listed.size.empty() ? "-" : listed.size,
                       listed.modified.empty() ? "-" : listed.modified, name);
}

class ListFiles final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operand("URL", url_, "the directory")
            .list("ext", extensions_, ".EXT", "only files with this extension, in either case")
            .list("glob", globs_, "PATTERN", "only files whose name matches, as in a shell")
            .flag("recursive,r", recursive_, "the files of the directories below, too")
            .flag("long,l", long_, "size and time of each")
            .flag("null,0", null_, "end each name with NUL, unescaped, for xargs -0")
            .value("max-depth", max_depth_, "N", "go down so many directories")
            .value("max-pages", max_pages_, "N", "fetch so many listings")
            .value("max-size", max_size_, "SIZE", "refuse a longer listing");
        agent_.declare(options);
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        agent_.check();
        if (null_ && context.out.format() == cli::Output::Format::json)
            throw cli::UsageError("--null does not go with --json");
        const http::Request first(web::url_of(url_));
        agent_.limit_body(max_size_.bytes);
        const auto client = agent_.client(context);
        const auto code = co_await list_all(context, client, first);
        agent_.save_cookies();
        co_return code;
    }

private:
    struct Directory {
        proto::Url url;
        std::string prefix;
        unsigned depth = 0;
    };

    // Depth first, in the order of the pages.
    awaitable<ExitCode> list_all(cli::Context& context, const http::Client& client,
                                 const http::Request& first) const {
        std::vector<Directory> left;
        left.push_back(Directory{first.url, "", 0});
        std::set<std::string> seen;
        auto worst = ExitCode::ok;
        for (unsigned pages = 0; !left.empty(); ++pages) {
            if (pages == max_pages_)
                throw Failure(Fault::local, "there are more than " + std::to_string(max_pages_) +
                                                " listings (--max-pages)");
            const auto directory = std::move(left.back());
            left.pop_back();
            auto request = first;
            request.url = directory.url;
            try {
                const auto entries = co_await read(client, std::move(request), seen);
                emit(context, entries, directory.prefix);
                descend(context, entries, directory, left);
            } catch (const Failure& failure) {
                context.log.error(failure.what());
                worst = std::max(worst, cli::exit_code_of(failure.fault()));
            }
        }
        co_return worst;
    }

    void descend(cli::Context& context, const std::vector<ListingEntry>& entries,
                 const Directory& directory, std::vector<Directory>& left) const {
        if (!recursive_) return;
        for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
            if (!it->is_directory) continue;
            if (directory.depth == max_depth_) {
                context.log.notice(public_text(it->url) + " is too deep (--max-depth)");
                continue;
            }
            left.push_back({it->url, directory.prefix + it->name + "/", directory.depth + 1});
        }
    }

    // Nothing for a page that has been seen: servers can link in circles.
    awaitable<std::vector<ListingEntry>> read(const http::Client& client, http::Request request,
                                              std::set<std::string>& seen) const {
        request.fields.emplace_back("Accept", "text/html, application/xhtml+xml, */*;q=0.1");
        request.fields.emplace_back("Accept-Encoding", proto::ContentDecoder::accepted);
        const auto response = co_await client.send(std::move(request));
        std::vector<ListingEntry> none;
        const auto url = response->url();
        const auto name = public_text(url);
        if (response->is_error())
            throw Failure(Fault::refused, name + ": " + response->status_text());
        if (!seen.insert(name).second) co_return none;
        const auto type = response->media_type();
        const bool json = type == "application/json";
        if (!json && !type.empty() && type != "text/html" && type != "application/xhtml+xml")
            throw Failure(Fault::refused, name + " is " + escaped(type) + ", and no listing");
        auto page = co_await http::read_text(*response, max_size_.bytes);
        auto job = [page = std::move(page), url, json] {
            return json ? read_json_listing(page, url) : read_html_listing(page, url);
        };
        auto entries = co_await net::offload(std::move(job));
        if (!entries) throw Failure(Fault::local, name + " is no listing that can be read");
        co_return *std::move(entries);
    }

    void emit(cli::Context& context, const std::vector<ListingEntry>& entries,
              const std::string& prefix) const {
        for (const auto& entry : entries) {
            if (entry.is_directory ? recursive_ || filters() : !passes(entry.name)) continue;
            auto listed = listed_of(entry, prefix);
            if (null_)
                context.out.write((listed.name += '\0'));
            else
                context.out.emit(listed);
        }
    }

    Listed listed_of(const ListingEntry& entry, const std::string& prefix) const {
        Listed listed;
        listed.name = prefix + entry.name + (entry.is_directory ? "/" : "");
        listed.url = to_string(entry.url);
        listed.type = entry.is_directory ? "directory" : "file";
        listed.size_bytes = entry.size;
        listed.size = entry.size_text;
        if (entry.modified) listed.modified = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", *entry.modified);
        listed.is_long = long_;
        return listed;
    }

    bool filters() const { return !extensions_.empty() || !globs_.empty(); }

    bool passes(const std::string& name) const {
        const auto has_extension = [&name](const std::string& extension) {
            const auto wanted =
                extension.starts_with('.') ? extension : std::string(".") + extension;
            return name.size() > wanted.size() &&
                   equal_ignoring_case(std::string_view(name).substr(name.size() - wanted.size()),
                                       wanted);
        };
        const auto matches = [&name](const std::string& glob) {
            return ::fnmatch(glob.c_str(), name.c_str(), FNM_PERIOD) == 0;
        };
        return (extensions_.empty() || std::ranges::any_of(extensions_, has_extension)) &&
               (globs_.empty() || std::ranges::any_of(globs_, matches));
    }

    std::string url_;
    std::vector<std::string> extensions_;
    std::vector<std::string> globs_;
    bool recursive_ = false;
    bool long_ = false;
    bool null_ = false;
    unsigned max_depth_ = 32;
    unsigned max_pages_ = 10'000;
    cli::Size max_size_{64UL * 1024 * 1024};
    web::Agent agent_;
};

constexpr cli::Example examples[] = {
    {"nettool list-files http://127.0.0.1:8080/", "the names, one a line"},
    {"nettool list-files --ext .md --long http://127.0.0.1:8080/",
     "texts only, with size and time"},
    {"nettool list-files -0 http://127.0.0.1:8080/ | xargs -0 -n 1 echo", "names for a script"},
};

}  // namespace

extern constinit const cli::CommandSpec list_files{
    .name = "list-files",
    .group = "Web",
    .summary = "list the files of a directory that a web server shows",
    .details =
        R"(Reads the listing that serve-http, python3 -m http.server, nginx, Apache, lighttpd or Caddy makes of a
directory, as a page or as JSON, and writes the names, one a line; those of directories end in a slash. Links that
lead elsewhere are left out. With --recursive the files of all directories below, with their way
from the URL; with --ext or --glob files only.)",
    .examples = examples,
    .results = &cli::described<Listed>,
    .make = &cli::make<ListFiles>,
};

}  // namespace nettool::commands
