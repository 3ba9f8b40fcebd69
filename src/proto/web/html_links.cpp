#include "nettool/proto/web/html_links.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/web/html_tree.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

constexpr std::size_t max_behind = 256;

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_ascii_digit);
}

class Links final : public HtmlVisitor {
public:
    std::vector<HtmlLink> links;

    void enter(const HtmlElement& element, const HtmlElement&) override {
        const auto name = element.name();
        if (name == "a") {
            if (const auto href = element.attribute("href")) {
                links.push_back({std::string(*href), {}});
                in_link_ = in_row_ = true;
            }
        }
        if (name == "td") add(" ", false);
        const auto exact = name == "time"   ? element.attribute("datetime")
                           : name == "data" ? element.attribute("value")
                           : name == "td"   ? element.attribute("data-order")  // of Caddy
                                            : std::nullopt;
        if (!exact || (name == "td" && !is_number(*exact))) return;
        add(*exact, false);
        add(" ", false);
        in_exact_ = true;
    }

    void leave(const HtmlElement& element) override {
        const auto name = element.name();
        if (name == "a") in_link_ = false;
        if (name == "time" || name == "data" || name == "td") in_exact_ = false;
        if (name == "tr" || name == "li" || name == "pre") in_row_ = false;
    }

    void text(std::string_view text, const HtmlElement& parent) override {
        add(text, parent.name() == "pre");
    }

private:
    void add(std::string_view text, bool line_ends_row) {
        if (in_link_ || in_exact_ || !in_row_) return;
        const auto end = line_ends_row ? text.find('\n') : text.npos;
        auto& behind = links.back().behind;
        behind.append(
            text.substr(0, std::min(end, max_behind - std::min(max_behind, behind.size()))));
        if (end != text.npos) in_row_ = false;
    }

    bool in_link_ = false;
    bool in_row_ = false;
    bool in_exact_ = false;  // the text for people behind a value for machines
};

}  // namespace

std::optional<std::vector<HtmlLink>> html_links(std::string_view page) {
    Links found;
    if (!walk_html(page, found)) return std::nullopt;
    return std::move(found.links);
}

}  // namespace nettool::proto
