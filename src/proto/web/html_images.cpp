#include "nettool/proto/web/html_images.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/web/css_urls.hpp"
#include "nettool/proto/web/html_tree.hpp"
#include "nettool/proto/web/srcset.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace nettool::proto {
namespace {

using Doubt = ImageReference::Doubt;

// What the scripts that load images late are known to read.
constexpr std::array lazy_urls = {"data-src",        "data-original",    "data-lazy-src",
                                  "data-lazy",       "data-echo",        "data-img-src",
                                  "data-hi-res-src", "data-image",       "data-full",
                                  "data-thumb",      "data-large-file",  "data-large_image",
                                  "data-orig-file",  "data-medium-file", "data-flickity-lazyload",
                                  "data-url",        "data-poster"};
constexpr std::array lazy_srcsets = {"data-srcset", "data-lazy-srcset", "data-original-set",
                                     "data-flickity-lazyload-srcset"};
constexpr std::array lazy_backgrounds = {"data-bg", "data-background", "data-background-image",
                                         "data-bgset"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

template <class Visit>
void for_each_word(std::string_view text, Visit visit) {
    constexpr std::string_view blanks = " \t\n\f\r";
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
        if (text.empty()) return;
        const auto word = text.substr(0, text.find_first_of(blanks));
        visit(word);
        text.remove_prefix(word.size());
    }
}

// A lazy attribute may hold anything; one that could be a URL has a path or an extension.
bool may_be_url(std::string_view text) {
    return text.find_first_of("./") != text.npos && text.find_first_of("<>\"\n") == text.npos;
}

bool is_unfilled(std::string_view url) {
    const auto brace = url.find('{');
    return (brace != url.npos && url.find('}', brace) != url.npos) || url.find("<%") != url.npos ||
           url.find("[%") != url.npos || url.find("%7B%7B") != url.npos;
}

// Of an image whose real source stands in a lazy attribute.
bool names_placeholder(std::string_view url) {
    if (url.starts_with("data:") || url.starts_with("about:")) return true;
    constexpr std::array<std::string_view, 10> words = {
        "placeholder", "blank",   "spacer", "transparent", "1x1",
        "pixel",       "loading", "loader", "lazy",        "dummy"};
    const auto file = ascii_lowered(url.substr(url.rfind('/') + 1));
    return std::ranges::any_of(words,
                               [&](std::string_view word) { return file.find(word) != file.npos; });
}

class Images final : public HtmlVisitor {
public:
    explicit Images(Candidates candidates) : candidates_(candidates) {}

    PageImages found;

    void enter(const HtmlElement& element, const HtmlElement& parent) override {
        const auto name = element.name();
        if (name == "base" && !found.base) found.base = value(element, "href");
        if (name == "img" || equal_ignoring_case(name, "amp-img")) take_img(element);
        if (name == "source" && parent.name() == "picture") take_source(element);
        if (name == "input" && is_word(element, "type", "image"))
            add(ImageSource::input, value(element, "src"));
        if (name == "link") take_link(element);
        if (name == "video") add(ImageSource::poster, value(element, "poster"));
        if (name == "meta") take_meta(element);
        take_other(element, name);
        take_styles(element);
    }

    void text(std::string_view text, const HtmlElement& parent) override {
        if (parent.name() == "style") add_css(text);
    }

    // The same picture in front of several late ones is a picture of "later".
    void judge_shared_placeholders() {
        for (const auto index : in_front_of_lazy_)
            if (shared_[found.images[index].url] > 1)
                found.images[index].doubt = Doubt::placeholder;
    }

private:
    static std::string value(const HtmlElement& element, const char* attribute) {
        return std::string(trimmed(element.attribute(attribute).value_or("")));
    }

    static bool is_word(const HtmlElement& element, const char* attribute, std::string_view word) {
        return equal_ignoring_case(value(element, attribute), word);
    }

    void add(ImageSource source, std::string url) {
        if (url.empty()) return;
        const auto doubt = is_unfilled(url) ? Doubt::unfilled : Doubt::none;
        found.images.push_back({source, std::move(url), doubt});
    }

    void add_srcset(ImageSource source, std::string_view text) {
        const auto candidates = parse_srcset(text);
        if (candidates.empty()) return;
        if (candidates_ == Candidates::best)
            return add(source, std::string(best_candidate(candidates).url));
        for (const auto& candidate : candidates) add(source, std::string(candidate.url));
    }

    void add_css(std::string_view text) {
        for (auto& url : css_urls(text)) {
            if (url.kind == CssUrl::Kind::import)
                found.style_sheets.push_back(std::move(url.text));
            else
                add(ImageSource::css, std::move(url.text));
        }
    }

    // Those of the attributes that are there; whether any is.
    bool take_lazy(const HtmlElement& element) {
        const auto before = found.images.size();
        for (const auto* attribute : lazy_urls)
            if (auto url = value(element, attribute); may_be_url(url))
                add(ImageSource::lazy, std::move(url));
        for (const auto* attribute : lazy_srcsets)
            if (const auto text = value(element, attribute); may_be_url(text))
                add_srcset(ImageSource::lazy, text);
        return found.images.size() > before;
    }

    void take_img(const HtmlElement& element) {
        const auto begin = found.images.size();
        const auto srcset = value(element, "srcset");
        // Among the sizes of one image its src is the one for the oldest browsers.
        if (candidates_ == Candidates::all || parse_srcset(srcset).empty())
            add(ImageSource::src, value(element, "src"));
        add_srcset(ImageSource::srcset, srcset);
        const auto end = found.images.size();
        if (!take_lazy(element)) return;
        for (auto i = begin; i < end; ++i) {
            auto& image = found.images[i];
            if (names_placeholder(image.url)) image.doubt = Doubt::placeholder;
            in_front_of_lazy_.push_back(i);
            ++shared_[image.url];
        }
    }

    void take_source(const HtmlElement& element) {
        const auto begin = found.images.size();
        add_srcset(ImageSource::srcset, value(element, "srcset"));
        const auto end = found.images.size();
        if (!take_lazy(element)) return;
        for (auto i = begin; i < end; ++i)
            if (names_placeholder(found.images[i].url)) found.images[i].doubt = Doubt::placeholder;
    }

    void take_link(const HtmlElement& element) {
        constexpr std::array<std::string_view, 6> icons = {
            "icon",      "apple-touch-icon", "apple-touch-icon-precomposed",
            "mask-icon", "image_src",        "fluid-icon"};
        bool icon = false, style = false, preload = false;
        for_each_word(element.attribute("rel").value_or(""), [&](std::string_view word) {
            const auto rel = ascii_lowered(word);
            icon = icon || among(icons, rel);
            style = style || rel == "stylesheet";
            preload = preload || rel == "preload";
        });
        auto href = value(element, "href");
        if (icon) add(ImageSource::icon, href);
        if (style && !href.empty()) found.style_sheets.push_back(href);
        if (!preload || !is_word(element, "as", "image")) return;
        add(ImageSource::other, std::move(href));
        add_srcset(ImageSource::other, value(element, "imagesrcset"));
    }

    void take_meta(const HtmlElement& element) {
        constexpr std::array<std::string_view, 7> names = {
            "og:image",          "og:image:url", "og:image:secure_url",    "twitter:image",
            "twitter:image:src", "image",        "msapplication-tileimage"};
        for (const auto* attribute : {"property", "name", "itemprop"})
            if (among(names, ascii_lowered(value(element, attribute))))
                return add(ImageSource::meta, value(element, "content"));
    }

    void take_other(const HtmlElement& element, std::string_view name) {
        const bool holds_image = ascii_lowered(value(element, "type")).starts_with("image/");
        if (equal_ignoring_case(name, "image") || equal_ignoring_case(name, "feimage")) {
            auto href = value(element, "href");
            if (href.empty()) href = value(element, "xlink:href");
            if (!href.starts_with('#')) add(ImageSource::other, std::move(href));
        }
        if (name == "object" && holds_image) add(ImageSource::other, value(element, "data"));
        if (name == "embed" && holds_image) add(ImageSource::other, value(element, "src"));
        add(ImageSource::other, value(element, "background"));
        for (const auto* attribute : lazy_backgrounds) {
            const auto text = value(element, attribute);
            if (!may_be_url(text)) continue;
            if (text.find('(') == text.npos)
                add_srcset(ImageSource::lazy, text);
            else
                for (auto& url : css_urls(text)) add(ImageSource::lazy, std::move(url.text));
        }
    }

    void take_styles(const HtmlElement& element) {
        if (const auto style = element.attribute("style")) add_css(*style);
    }

    Candidates candidates_;
    std::vector<std::size_t> in_front_of_lazy_;  // images
    std::map<std::string, unsigned> shared_;
};

}  // namespace

std::string_view to_string(ImageSource source) {
    switch (source) {
        case ImageSource::src: return "src";
        case ImageSource::srcset: return "srcset";
        case ImageSource::lazy: return "lazy";
        case ImageSource::input: return "input";
        case ImageSource::icon: return "icon";
        case ImageSource::poster: return "poster";
        case ImageSource::css: return "css";
        case ImageSource::other: return "other";
        case ImageSource::meta: return "meta";
    }
    return "";
}

std::optional<PageImages> page_images(std::string_view page, Candidates candidates) {
    Images images(candidates);
    if (!walk_html(page, images)) return std::nullopt;
    images.judge_shared_placeholders();
    return std::move(images.found);
}

}  // namespace nettool::proto
