#include "nettool/proto/mail/quiet_html.hpp"

#include "nettool/base/ascii.hpp"

#include <string_view>
#include <utility>

namespace nettool::proto {
namespace {

constexpr std::pair<std::string_view, std::string_view> instead[] = {{"link", "meta"},
                                                                     {"iframe", "source"}};

}  // namespace

// No tree is made: browsers look for these in the text, too, ahead of their parser.
std::string quiet_html(std::string html) {
    for (auto at = html.find('<'); at != html.npos; at = html.find('<', at + 1))
        for (const auto& [name, other] : instead)
            if (equal_ignoring_case(std::string_view(html).substr(at + 1, name.size()), name))
                html.replace(at + 1, name.size(), other);
    return html;
}

}  // namespace nettool::proto
