#pragma once
// What a later request can go on with: parts of a thing that is still the same, servers that are
// only busy.

#include "nettool/http/response.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::commands {

/// Whether such a status may pass by itself (RFC 9110 §15.5.9, §15.6; RFC 6585 §4).
bool is_transient(unsigned status);

/// How long Retry-After asks to wait: seconds or a date (RFC 9110 §10.2.3).
std::optional<std::chrono::milliseconds> wait_in(std::string_view field);

/// What If-Range may compare: a strong ETag, or a date that cannot be that of two versions
/// (RFC 9110 §8.8.2.2); empty where there is neither.
std::string validator_of(const http::Response& response);

struct Part {
    std::uint64_t first = 0;
    std::optional<std::uint64_t> whole;
};

/// A Content-Range: `bytes 10-19/20`, `bytes 10-19/*`, `bytes */20`; nothing for another unit.
std::optional<Part> part_in(std::string_view field);

}  // namespace nettool::commands
