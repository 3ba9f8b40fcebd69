#pragma once
// For how long each part of a request was under way.

#include "nettool/proxy/transaction.hpp"

#include <chrono>
#include <optional>

namespace nettool::proxy {

/// A part that is not set did not happen.  Together they make the time from the beginning to the
/// end, if there is one yet.
struct Phases {
    using Part = std::optional<std::chrono::nanoseconds>;

    Part held;  // by the proxy itself: refused, delayed
    Part name;
    Part connect;
    Part tls;
    Part send;
    Part wait;  // for the first byte of the answer
    Part receive;
};

Phases phases_of(const Transaction& transaction);

/// Zero where it has not ended.
std::chrono::nanoseconds duration_of(const Transaction& transaction);

}  // namespace nettool::proxy
