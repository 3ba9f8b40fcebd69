#pragma once
// The name that a server gives to what it sends (RFC 6266, RFC 8187).

#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// The file name of a Content-Disposition field in UTF-8, as it was given: it may hold slashes and
/// worse, see safe_file_name().  `filename*` goes before `filename`; nothing where neither is there
/// or can be read.  Total over any text.
std::optional<std::string> disposition_file_name(std::string_view field);

}  // namespace nettool::proto
