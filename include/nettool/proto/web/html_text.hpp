#pragma once
// Text that came from elsewhere, made safe to stand in an HTML page.

#include <string>
#include <string_view>

namespace nettool::proto {

/// `&`, `<`, `>` and quotes as entities; invalid UTF-8, control bytes and what turns the direction
/// of a text as U+FFFD.
std::string html_escaped(std::string_view text);
void append_html_escaped(std::string& safe, std::string_view text);

}  // namespace nettool::proto
