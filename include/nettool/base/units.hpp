#pragma once
// Times and sizes as people write them.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace nettool {

/// `250ms`, `1.5s`, `5m`, `2h`; false, and the value untouched, for anything else.
bool parse_time(std::string_view text, std::chrono::milliseconds& value);

/// A number of bytes: `123`, `64K`, `10M`, `1G` (powers of 1024).
bool parse_size(std::string_view text, std::uint64_t& bytes);

/// `512 B`, `1.5 MiB`, `16.0 EiB`: rounded, powers of 1024.
std::string human_size(std::uint64_t bytes);

/// `30%` as 0.3; from 0 to 100 %.
bool parse_share(std::string_view text, double& part);

}  // namespace nettool
