#pragma once
// Dates as HTTP writes them (RFC 9110 §5.6.7).

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
std::string http_date(std::chrono::sys_seconds time);

/// Any of the three forms; a year of two digits is the nearest one that is less than 50 years
/// after `now`.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text,
                                                        std::chrono::sys_seconds now);

}  // namespace nettool::proto
