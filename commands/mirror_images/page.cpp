#include "page.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/http/content.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proto/web/charset.hpp"
#include "nettool/proto/web/content_decoder.hpp"
#include "nettool/proto/web/css_urls.hpp"
#include "nettool/proto/web/mime_type.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

constexpr unsigned max_import_depth = 5;

std::string key_of(proto::Url url) {
    url.fragment.reset();
    return to_string(url);
}

// A private page may name private images.  Behind a proxy nobody knows the address of the page, and
// its name has to do.
net::Reach reach_from(const http::Hop& hop, bool allow_private) {
    auto host = hop.proxy.empty() ? hop.peer.host : hop.url.host;
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    const bool is_private = no_address ? host == "localhost" : !net::is_public(address);
    return allow_private || is_private ? net::Reach::anywhere : net::Reach::public_only;
}

// What a data: URL holds is not repeated in messages.
std::string shown(const std::string& url) {
    constexpr std::size_t most = 64;
    return url.starts_with("data:") && url.size() > most ? url.substr(0, most) + "…" : url;
}

// A font is no image, whatever property it stands in.
bool names_font(const proto::Url& url) {
    constexpr std::array<std::string_view, 5> fonts = {".woff", ".woff2", ".ttf", ".otf", ".eot"};
    return std::ranges::any_of(
        fonts, [&url](std::string_view extension) { return url.path.ends_with(extension); });
}

}  // namespace

awaitable<void> Page::read(http::Request request) {
    request.set_field("Accept", "text/html, application/xhtml+xml, */*;q=0.1");
    request.set_field("Accept-Encoding", std::string(proto::ContentDecoder::accepted));
    http::Trail trail;
    auto response = co_await client_.send(std::move(request), &trail);
    const auto name = public_text(response->url());
    if (response->is_error()) throw Failure(Fault::refused, name + ": " + response->status_text());
    const auto type = response->media_type();
    if (!type.empty() && type != "text/html" && type != "application/xhtml+xml")
        throw Failure(Fault::refused, name + " is " + escaped(type) + ", and no page");
    url_ = response->url();
    reach_ = reach_from(trail.back(), settings_.allow_private);
    const auto content_type = response->field("content-type");
    auto body = co_await http::read_text(*response, settings_.max_page.bytes);
    response.reset();  // its connection is for what follows
    auto job = [body = std::move(body), content_type, candidates = settings_.candidates] {
        auto charset = proto::charset_of_page(body, content_type);
        auto images = proto::page_images(proto::utf8_of(body, charset), candidates);
        return std::pair(std::move(charset), std::move(images));
    };
    auto [charset, found] = co_await net::offload(std::move(job));
    charset_ = std::move(charset);
    if (!found)
        throw Failure(Fault::local, name + " is nested too deeply, or too large, to be read");
    auto base = *url_;
    if (found->base)
        if (auto other = proto::parse_url(*found->base, &base); other && other->is_web())
            base = *std::move(other);
    for (const auto& reference : found->images) take(reference, base);
    if (is_wanted(proto::ImageSource::css)) co_await read_sheets(found->style_sheets, base);
}

// Level by level, those of a level at the same time, each once: sheets may import in circles.
awaitable<void> Page::read_sheets(const std::vector<std::string>& links, const proto::Url& base) {
    std::vector<Sheet> level;
    for (const auto& link : links) add_sheet(link, base, level);
    for (unsigned depth = 0; !level.empty() && depth < max_import_depth; ++depth) {
        net::TaskGroup group(co_await asio::this_coro::executor, [](std::exception_ptr) {});
        std::size_t begun = 0;
        for (unsigned i = 0; i < std::min<std::size_t>(settings_.per_host, level.size()); ++i)
            group.spawn(fetch_some(level, begun));
        co_await group.join();
        if (co_await net::stop_requested())
            throw boost::system::system_error(asio::error::operation_aborted);
        std::vector<Sheet> next;
        for (const auto& sheet : level) take_sheet(sheet, next);
        level = std::move(next);
    }
    if (sheets_seen_.size() > settings_.max_styles)
        log_.notice(fmt::format("only {} of {} style sheets are read (--max-styles)",
                                settings_.max_styles, sheets_seen_.size()));
}

void Page::add_sheet(const std::string& link, const proto::Url& base, std::vector<Sheet>& sheets) {
    auto url = proto::parse_url(link, &base);
    if (!url || !url->is_web() || !sheets_seen_.insert(key_of(*url)).second) return;
    if (sheets_seen_.size() <= settings_.max_styles) sheets.push_back({*std::move(url), {}});
}

void Page::take_sheet(const Sheet& sheet, std::vector<Sheet>& imports) {
    if (!sheet.text) {
        ++sheets_failed_;
        return;
    }
    for (const auto& url : proto::css_urls(*sheet.text)) {
        if (url.kind == proto::CssUrl::Kind::import)
            add_sheet(url.text, sheet.url, imports);
        else
            take({proto::ImageSource::css, url.text}, sheet.url);
    }
}

awaitable<void> Page::fetch_some(std::vector<Sheet>& sheets, std::size_t& begun) const {
    co_await net::hear_requests_to_stop();
    while (begun < sheets.size()) co_await fetch(sheets[begun++]);
}

awaitable<void> Page::fetch(Sheet& sheet) const {
    try {
        auto request = request_for(sheet.url);
        request.set_field("Accept", "text/css, */*;q=0.1");
        request.set_field("Accept-Encoding", std::string(proto::ContentDecoder::accepted));
        const auto response = co_await client_.send(std::move(request));
        const auto name = public_text(response->url());
        if (response->is_error())
            throw Failure(Fault::refused, name + ": " + response->status_text());
        sheet.url = response->url();
        const auto type = proto::parse_mime_type(response->field("content-type"));
        const std::string charset(type ? type->find("charset").value_or("utf-8") : "utf-8");
        const auto body = co_await http::read_text(*response, settings_.max_page.bytes);
        sheet.text = proto::utf8_of(body, charset);
    } catch (const Failure& failure) {
        log_.notice(std::string("style sheet: ") + failure.what());
    }
}

http::Request Page::request_for(const proto::Url& url) const {
    http::Request request(url);
    request.reach = reach_;
    // Nothing that was said over TLS is told to somebody without (RFC 9110 §10.1.3).
    if (url_->scheme == "http" || url.scheme == "https")
        request.set_field("Referer", public_text(*url_));
    return request;
}

bool Page::is_wanted(proto::ImageSource source) const {
    if (!settings_.only.empty())
        return std::ranges::find(settings_.only, source) != settings_.only.end();
    return settings_.meta || source != proto::ImageSource::meta;
}

void Page::take(const proto::ImageReference& reference, const proto::Url& base) {
    using Doubt = proto::ImageReference::Doubt;
    if (!is_wanted(reference.source)) return;
    auto url = proto::parse_url(proto::with_encoded_query(reference.url, charset_), &base);
    if (reference.source == proto::ImageSource::css && url && names_font(*url)) return;
    const auto key = url ? key_of(*url) : reference.url;
    const auto skip = [&](std::string_view reason) {
        const auto named = url && reference.doubt != Doubt::unfilled ? key : reference.url;
        if (doubted_.insert(key).second) add_skipped(shown(named), reference.source, reason);
    };
    // Where a placeholder is an image of the page as well, that one counts.
    if (reference.doubt == Doubt::placeholder) return skip("a placeholder");
    if (reference.doubt == Doubt::unfilled) return skip("a template that a script would fill");
    if (!url) return skip("neither http, https nor data");
    if (seen_.contains(key)) return;
    if (images_.size() == settings_.max_images) return skip("one too many (--max-images)");
    seen_.insert(key);
    images_.push_back({*std::move(url), reference.source});
}

void Page::add_skipped(std::string url, proto::ImageSource source, std::string_view reason) {
    Image image;
    image.url = std::move(url);
    image.source = to_string(source);
    image.result = "skipped";
    image.reason = reason;
    skipped_.push_back(std::move(image));
}

}  // namespace nettool::commands
