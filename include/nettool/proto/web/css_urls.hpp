#pragma once
// The URLs of a style sheet or a style attribute (CSS Syntax Level 3, §4).

#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct CssUrl {
    enum class Kind {
        image,   // url() of a property, and what image-set() lists
        import,  // another style sheet
    };

    Kind kind;
    std::string text;  // escapes resolved, not resolved against anything

    bool operator==(const CssUrl&) const = default;
};

/// Total over any text, in its order.  Left out are fonts (@font-face), namespaces, fragments of
/// the page itself and what stands in comments and strings.
std::vector<CssUrl> css_urls(std::string_view css);

}  // namespace nettool::proto
