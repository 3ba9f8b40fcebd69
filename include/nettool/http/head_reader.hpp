#pragma once
// Waits until the head of a message has come, for servers and for clients.

#include "nettool/http/head_scan.hpp"
#include "nettool/http/request_guard.hpp"
#include "nettool/net/input.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace nettool::http {

/// A head that has come whole is in `raw` and taken off the input; else there is a refusal, or the
/// error that ended the connection before that.
struct RequestArrival {
    error_code error;
    std::optional<Refusal> refusal;
    std::chrono::steady_clock::time_point first_byte;  // when that was seen
};

/// `time`: for all of the head, from its first byte; zero: no limit.
awaitable<RequestArrival> receive_request_head(net::Input& input, const HeadLimits& limits,
                                               std::chrono::milliseconds time, std::string& raw);

struct ResponseArrival {
    using Time = std::chrono::steady_clock::time_point;

    error_code error;
    std::string_view fault;  // what the peer does wrong, to follow its name; empty: nothing
    Time first_byte;         // of the head; not set: none came
};

/// The same for a response, which nothing but the stream's limits makes late; but Errc::paused if
/// nothing comes for `gap` (zero: no such limit), and then it may be waited for again.
awaitable<ResponseArrival> receive_response_head(net::Input& input, const HeadLimits& limits,
                                                 Strictness strictness, std::string& raw,
                                                 std::chrono::milliseconds gap = {});

}  // namespace nettool::http
