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

/// Nothing for a page that is nested too deeply (512 elements, as in browsers) or needs too much
/// memory (512 MiB): nobody made it to be read.
std::optional<std::vector<HtmlLink>> html_links(std::string_view page);

}  // namespace nettool::proto
