#pragma once
// What a site asks programs not to fetch: its robots.txt (RFC 9309).

#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

class Robots {
public:
    /// The rules for `product`, those for `*` where there are none.  Total over any text.
    Robots(std::string_view text, std::string_view product);

    /// `target`: path and query of a URL, as it is asked for.
    bool allows(std::string_view target) const;

private:
    struct Rule {
        std::string path;  // normalized; `*` and a last `$` mean what they do
        bool allows;
    };

    std::vector<Rule> rules_;
};

/// A file longer than this may be cut (§2.5).
constexpr std::size_t max_robots_bytes = 512UL * 1024;

}  // namespace nettool::proto
