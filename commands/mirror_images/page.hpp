#pragma once
// Reads a page and its style sheets, and says which images it wants.

#include "nettool/cli/log.hpp"
#include "nettool/http/client.hpp"
#include "nettool/proto/web/html_images.hpp"
#include "results.hpp"
#include "settings.hpp"

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace nettool::commands {

struct WantedImage {
    proto::Url url;
    proto::ImageSource source;
};

class Page {
public:
    /// All of them outlive this.
    Page(const http::Client& client, const MirrorSettings& settings, const cli::Log& log)
        : client_(client), settings_(settings), log_(log) {}

    /// Throws Failure for a page that cannot be had or is none; a style sheet that cannot is
    /// counted and said.
    awaitable<void> read(http::Request request);

    const proto::Url& url() const noexcept { return *url_; }
    /// How far its images may lead.
    net::Reach reach() const noexcept { return reach_; }
    const std::vector<WantedImage>& images() const noexcept { return images_; }
    const std::vector<Image>& skipped() const noexcept { return skipped_; }
    unsigned style_sheets_failed() const noexcept { return sheets_failed_; }

    /// What a request for a part of the page says beside its URL.
    http::Request request_for(const proto::Url& url) const;

private:
    struct Sheet {
        proto::Url url;
        std::optional<std::string> text;  // nothing: it could not be had
    };

    awaitable<void> read_sheets(const std::vector<std::string>& links, const proto::Url& base);
    void add_sheet(const std::string& link, const proto::Url& base, std::vector<Sheet>& sheets);
    void take_sheet(const Sheet& sheet, std::vector<Sheet>& imports);
    awaitable<void> fetch_some(std::vector<Sheet>& sheets, std::size_t& begun) const;
    awaitable<void> fetch(Sheet& sheet) const;
    void take(const proto::ImageReference& reference, const proto::Url& base);
    void add_skipped(std::string url, proto::ImageSource source, std::string_view reason);
    bool is_wanted(proto::ImageSource source) const;

    const http::Client& client_;
    const MirrorSettings& settings_;
    const cli::Log& log_;
    std::optional<proto::Url> url_;
    std::string charset_;
    net::Reach reach_ = net::Reach::anywhere;
    std::vector<WantedImage> images_;
    std::vector<Image> skipped_;
    std::unordered_set<std::string> seen_, doubted_, sheets_seen_;
    unsigned sheets_failed_ = 0;
};

}  // namespace nettool::commands
