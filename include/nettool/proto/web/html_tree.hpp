#pragma once
// Walks the tree that browsers make of an HTML page (WHATWG HTML, §13.2); gumbo parses it.

#include <optional>
#include <string_view>

namespace nettool::proto {

/// Holds as long as the visitor's call.
class HtmlElement {
public:
    explicit HtmlElement(const void* node) : node_(node) {}

    std::string_view name() const;  // in lower case; as written where HTML does not know it
    /// Entities resolved; `name` in lower case.
    std::optional<std::string_view> attribute(const char* name) const;

private:
    const void* node_;
};

class HtmlVisitor {
public:
    HtmlVisitor() = default;
    HtmlVisitor(const HtmlVisitor&) = delete;
    HtmlVisitor& operator=(const HtmlVisitor&) = delete;
    virtual ~HtmlVisitor() = default;

    virtual void enter(const HtmlElement& element, const HtmlElement& parent) = 0;
    virtual void leave(const HtmlElement&) {}
    virtual void text(std::string_view text, const HtmlElement& parent) = 0;
};

/// In the order of the page, without recursion; `page` is UTF-8.  False for a page that is nested
/// too deeply (512 elements, as in browsers) or needs too much memory (512 MiB): nobody made it to
/// be read.
bool walk_html(std::string_view page, HtmlVisitor& visitor);

}  // namespace nettool::proto
