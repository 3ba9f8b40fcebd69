#pragma once
// Wall-clock time as the toolkit writes it: always UTC, always with its offset.

#include <chrono>
#include <string>

namespace nettool {

using WallTime = std::chrono::system_clock::time_point;

/// The present second: what protocols compare dates with.
std::chrono::sys_seconds present_second();

/// `2026-10-05 14:03:22 +0000`, the form of the exercises' records.
std::string record_time(WallTime time);
/// `2026-10-05 14:03:22.123456 +0000`
std::string exact_record_time(WallTime time);

/// `2026-10-05T14:03:22.123456Z` (RFC 3339), the form of JSON.
std::string rfc3339(WallTime time);

/// `14:03:22.123456`, the form of traces.
std::string time_of_day(WallTime time);

/// `27/Nov/2026:14:03:22 +0000`, the form of web servers' logs.
std::string log_time(WallTime time);

}  // namespace nettool
