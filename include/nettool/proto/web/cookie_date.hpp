#pragma once
// Dates as cookies have them, in nearly any form (RFC 6265 §5.1.1).

#include <chrono>
#include <optional>
#include <string_view>

namespace nettool::proto {

/// Total over any text; nothing for one without day, month, year and time.
std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text);

}  // namespace nettool::proto
