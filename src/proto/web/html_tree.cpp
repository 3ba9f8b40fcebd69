#include "nettool/proto/web/html_tree.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gumbo.h>

namespace nettool::proto {
namespace {

constexpr std::size_t max_depth = 512;
constexpr std::size_t max_memory = 512UL * 1024 * 1024;

// All that gumbo allocates for a page, given back in one go: its own way is recursive, and it has
// none to stop.
class Arena {
public:
    Arena() = default;
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    ~Arena() {
        while (blocks_) {
            auto* const next = blocks_->next;
            ::operator delete(blocks_);
            blocks_ = next;
        }
    }

    static void* allocate(void* self, std::size_t size) {
        return static_cast<Arena*>(self)->allocate(size);
    }
    static void deallocate(void*, void*) {}

    std::jmp_buf out_of_memory{};

private:
    struct Block {
        Block* next;
    };
    static constexpr std::size_t block_bytes = 1024UL * 1024;
    static constexpr std::size_t alignment = alignof(std::max_align_t);

    void* allocate(std::size_t size) {
        size = (size + alignment - 1) / alignment * alignment;
        if (size > left_) grow(size);
        auto* const place = next_;
        next_ += size;
        left_ -= size;
        return place;
    }

    // There are only gumbo's frames to jump over, which are C.
    void grow(std::size_t size) {
        const auto payload = std::max(size, block_bytes);
        if (used_ + payload > max_memory) std::longjmp(out_of_memory, 1);
        used_ += payload;
        auto* const raw = static_cast<std::byte*>(::operator new(payload + alignment));
        blocks_ = new (raw) Block{blocks_};
        next_ = raw + alignment;
        left_ = payload;
    }

    Block* blocks_ = nullptr;
    std::byte* next_ = nullptr;
    std::size_t left_ = 0;
    std::size_t used_ = 0;
};

// Looks for pages that nest too deeply before gumbo does, whose time grows with the square of the
// depth.  Where it cannot know better it counts too much.
class DepthGauge {
public:
    explicit DepthGauge(std::string_view page) : page_(page) {}

    bool too_deep() {
        while ((at_ = page_.find('<', at_)) != page_.npos) {
            ++at_;
            if (comes("!--"))
                skip_past("-->");
            else if (!pass_tag())
                return true;
            if (at_ >= page_.size()) break;
        }
        return false;
    }

private:
    template <std::size_t N>
    static bool among(const std::array<std::string_view, N>& names, std::string_view name) {
        return std::ranges::find(names, name) != names.end();
    }

    // Elements that hold nothing, or that end where the next of their kind begins.
    static bool never_nests(std::string_view name) {
        constexpr std::array<std::string_view, 32> names = {
            "a",      "area", "base",  "br",     "col",    "dd",    "dt",       "embed",
            "hr",     "html", "img",   "input",  "li",     "link",  "meta",     "body",
            "option", "p",    "param", "source", "tbody",  "td",    "tfoot",    "th",
            "thead",  "tr",   "wbr",   "track",  "keygen", "frame", "optgroup", "rt"};
        return among(names, name);
    }

    // What is in them is text up to their end tag.
    static bool holds_text(std::string_view name) {
        constexpr std::array<std::string_view, 8> names = {
            "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"};
        return among(names, name);
    }

    // Only in SVG and MathML does `/>` end an element; these lead back to HTML.
    static bool stays_foreign(std::string_view name) {
        constexpr std::array<std::string_view, 22> names = {
            "path",          "g",    "circle",  "rect",   "line",   "polygon",  "polyline",
            "ellipse",       "use",  "stop",    "image",  "defs",   "symbol",   "text",
            "tspan",         "mask", "pattern", "filter", "marker", "clippath", "lineargradient",
            "radialgradient"};
        return among(names, name);
    }

    bool comes(std::string_view text) const { return page_.substr(at_, text.size()) == text; }

    void skip_past(std::string_view end) {
        const auto found = page_.find(end, at_);
        at_ = found == page_.npos ? page_.size() : found + end.size();
    }

    std::string take_name() {
        std::string name;
        constexpr std::size_t most = 16;
        while (at_ < page_.size() && (is_ascii_letter(page_[at_]) || is_ascii_digit(page_[at_]))) {
            if (name.size() < most) name += ascii_lower(page_[at_]);
            ++at_;
        }
        return name;
    }

    // Up to `>` and past it; whether a slash stands before it.
    bool pass_attributes() {
        char before = '\0';
        for (; at_ < page_.size(); ++at_) {
            const char c = page_[at_];
            if (c == '>') {
                ++at_;
                return before == '/';
            }
            if ((c == '"' || c == '\'') && before == '=') {
                const auto end = page_.find(c, at_ + 1);
                if (end == page_.npos) break;
                at_ = end;
            }
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f') before = c;
        }
        at_ = page_.size();
        return false;
    }

    // False once it is too deep.
    bool pass_tag() {
        const bool closes = comes("/");
        if (closes) ++at_;
        const auto name = take_name();
        if (name.empty()) return true;
        const bool ends_itself = pass_attributes();
        if (!closes && (name == "svg" || name == "math"))
            foreign_ = true;
        else if (!stays_foreign(name))
            foreign_ = false;
        if (never_nests(name) || (ends_itself && foreign_)) return true;
        if (closes) {
            depth_ -= depth_ > 0 ? 1 : 0;
            return true;
        }
        if (holds_text(name)) {
            skip_text(name);
            return true;
        }
        return ++depth_ <= max_depth;
    }

    void skip_text(std::string_view name) {
        for (; (at_ = page_.find("</", at_)) != page_.npos; at_ += 2)
            if (equal_ignoring_case(page_.substr(at_ + 2, name.size()), name)) return;
        at_ = page_.size();
    }

    std::string_view page_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    bool foreign_ = false;
};

// The output lives in the arena.  No object with a destructor may be made here: see Arena::grow.
GumboOutput* parse(std::string_view page, Arena& arena) {
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = &Arena::allocate;
    options.deallocator = &Arena::deallocate;
    options.userdata = &arena;
    options.max_errors = 0;
    if (setjmp(arena.out_of_memory) != 0) return nullptr;
    return ::gumbo_parse_with_options(&options, page.data(), page.size());
}

const GumboNode& node_of(const void* node) { return *static_cast<const GumboNode*>(node); }

bool is_element(const GumboNode& node) {
    return node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE;
}

const GumboNode* child_of(const GumboNode& node, unsigned index) {
    if (!is_element(node)) return nullptr;
    const auto& children = node.v.element.children;
    if (index >= children.length) return nullptr;
    return static_cast<const GumboNode*>(children.data[index]);
}

}  // namespace

std::string_view HtmlElement::name() const {
    const auto& element = node_of(node_).v.element;
    if (element.tag != GUMBO_TAG_UNKNOWN) return ::gumbo_normalized_tagname(element.tag);
    auto text = element.original_tag;
    ::gumbo_tag_from_original_text(&text);
    return {text.data, text.length};
}

std::optional<std::string_view> HtmlElement::attribute(const char* name) const {
    const auto* found = ::gumbo_get_attribute(&node_of(node_).v.element.attributes, name);
    if (!found) return std::nullopt;
    return found->value;
}

bool walk_html(std::string_view page, HtmlVisitor& visitor) {
    if (DepthGauge(page).too_deep()) return false;
    Arena arena;
    const auto* output = parse(page, arena);
    if (!output) return false;
    struct Place {
        const GumboNode* node;
        unsigned next;
    };
    std::vector<Place> way;
    way.push_back(Place{output->root, 0});
    while (!way.empty()) {
        auto& [node, next] = way.back();
        const HtmlElement parent(node);
        const auto* child = child_of(*node, next);
        if (!child) {
            visitor.leave(parent);
            way.pop_back();
            continue;
        }
        ++next;
        if (is_element(*child)) {
            visitor.enter(HtmlElement(child), parent);
            way.push_back(Place{child, 0});
        } else if (child->type != GUMBO_NODE_COMMENT) {
            visitor.text(child->v.text.text, parent);
        }
    }
    return true;
}

}  // namespace nettool::proto
