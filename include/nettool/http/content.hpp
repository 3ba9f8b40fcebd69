#pragma once
// The body of an answer as whoever asked for it wants it: its content coding taken off, its size
// bounded, and a reason when it is not whole.

#include "nettool/base/failure.hpp"
#include "nettool/http/response.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace nettool::http {

enum class Decoding { no, yes };

/// Hands the body to `sink` in pieces; more than `max_bytes` of them are refused.  Throws Failure
/// for a body that is not whole, and what `sink` throws.
awaitable<void> read_content(Response& response, Decoding decoding, std::uint64_t max_bytes,
                             std::function<void(std::string_view)> sink);

/// Why a body ended with this error; cut short or late is the network's fault.
Failure failure_of_body(const Response& response, error_code ec);

}  // namespace nettool::http
