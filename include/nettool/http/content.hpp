#pragma once
// The body of an answer as whoever asked for it wants it: its content coding taken off, its size
// bounded, and a reason when it is not whole.

#include "nettool/base/failure.hpp"
#include "nettool/http/response.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace nettool::http {

enum class Decoding { no, yes };

/// A file that takes what nobody needs to look at, without the detour through our memory.
struct Shortcut {
    int file = -1;     // open for writing, not for appending
    std::string name;  // for messages
    std::function<void(std::uint64_t)> moved;
};

/// Hands the body to `sink` in pieces; more than `max_bytes` of them are refused.  Throws Failure
/// for a body that is not whole, and what `sink` throws.
/// What is long and not encoded may take the shortcut, if there is one, instead of the sink.
awaitable<void> read_content(Response& response, Decoding decoding, std::uint64_t max_bytes,
                             std::function<void(std::string_view)> sink,
                             const Shortcut* shortcut = nullptr);

/// The same as one text, decoded.
awaitable<std::string> read_text(Response& response, std::uint64_t max_bytes);

/// Why a body ended with this error; cut short or late is the network's fault.
Failure failure_of_body(const Response& response, error_code ec);

}  // namespace nettool::http
