#pragma once
// The links of an HTML page, each with what its row says behind it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct HtmlLink {
    std::string href;    // as written, entities resolved
    std::string behind;  // the text up to the next link or the end of the row, at most 256 bytes
};

/// Nothing for a page that is not to be read, see walk_html().
std::optional<std::vector<HtmlLink>> html_links(std::string_view page);

}  // namespace nettool::proto
