#include "nettool/proto/web/html_links.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <gumbo.h>

namespace nettool::proto {
namespace {

constexpr std::size_t max_depth = 512;
constexpr std::size_t max_memory = 512UL * 1024 * 1024;
constexpr std::size_t max_behind = 256;

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

bool is_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

// Elements that hold nothing, or that end where the next of their kind begins.
bool never_nests(std::string_view name) {
    constexpr std::array<std::string_view, 27> names = {
        "a",     "area",   "base",  "br", "col",   "dd",   "dt",    "embed",  "hr",
        "html",  "img",    "input", "li", "link",  "meta", "body",  "option", "p",
        "param", "source", "tbody", "td", "tfoot", "th",   "thead", "tr",     "wbr"};
    return std::ranges::find(names, name) != names.end();
}

// The time that gumbo takes grows with the square of the depth, so it is looked at beforehand.
bool nests_too_deeply(std::string_view page) {
    std::size_t depth = 0;
    for (auto at = page.find('<'); at != page.npos; at = page.find('<', at)) {
        const bool closes = page.substr(++at).starts_with('/');
        if (closes) ++at;
        std::string name;
        while (at < page.size() && name.size() < 8 && (is_letter(page[at]) || page[at] == '1'))
            name += ascii_lower(page[at++]);
        if (name.empty() || never_nests(name)) continue;
        if (!closes && ++depth > max_depth) return true;
        if (closes && depth > 0) --depth;
    }
    return false;
}

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

class Walk {
public:
    std::vector<HtmlLink> links;

    // Iterative: whoever writes pages also decides how deep they are.
    void over(const GumboNode& root) {
        std::vector<Place> way;
        way.push_back(Place{&root, 0});
        while (!way.empty()) {
            auto& [node, next] = way.back();
            const auto* child = child_of(*node, next);
            if (!child) {
                leave(*node);
                way.pop_back();
                continue;
            }
            ++next;
            visit(*child, *node);
            way.push_back(Place{child, 0});
        }
    }

private:
    struct Place {
        const GumboNode* node;
        unsigned next;
    };

    static const GumboNode* child_of(const GumboNode& node, unsigned index) {
        if (node.type != GUMBO_NODE_ELEMENT && node.type != GUMBO_NODE_TEMPLATE) return nullptr;
        const auto& children = node.v.element.children;
        if (index >= children.length) return nullptr;
        return static_cast<const GumboNode*>(children.data[index]);
    }

    static bool is(const GumboNode& node, GumboTag tag) {
        return node.type == GUMBO_NODE_ELEMENT && node.v.element.tag == tag;
    }

    static const char* attribute(const GumboNode& node, const char* name) {
        const auto* found = ::gumbo_get_attribute(&node.v.element.attributes, name);
        return found ? found->value : nullptr;
    }

    void visit(const GumboNode& node, const GumboNode& parent) {
        if (node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE)
            return add(node.v.text.text, is(parent, GUMBO_TAG_PRE));
        if (is(node, GUMBO_TAG_A)) {
            if (const char* href = attribute(node, "href")) {
                links.push_back({href, {}});
                in_link_ = in_row_ = true;
            }
        }
        if (is(node, GUMBO_TAG_TD)) add(" ", false);
        const char* exact = is(node, GUMBO_TAG_TIME)   ? attribute(node, "datetime")
                            : is(node, GUMBO_TAG_DATA) ? attribute(node, "value")
                                                       : nullptr;
        if (!exact) return;
        add(exact, false);
        add(" ", false);
        in_exact_ = true;
    }

    void leave(const GumboNode& node) {
        if (is(node, GUMBO_TAG_A)) in_link_ = false;
        if (is(node, GUMBO_TAG_TIME) || is(node, GUMBO_TAG_DATA)) in_exact_ = false;
        if (is(node, GUMBO_TAG_TR) || is(node, GUMBO_TAG_LI) || is(node, GUMBO_TAG_PRE))
            in_row_ = false;
    }

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
    if (nests_too_deeply(page)) return std::nullopt;
    Arena arena;
    const auto* output = parse(page, arena);
    if (!output) return std::nullopt;
    Walk walk;
    walk.over(*output->root);
    return std::move(walk.links);
}

}  // namespace nettool::proto
