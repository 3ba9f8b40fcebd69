#pragma once
// Connects to a name by racing its addresses (RFC 8305), within a deadline.

#include "nettool/net/resolver.hpp"
#include "nettool/net/stream.hpp"

#include <chrono>
#include <string>

namespace nettool::net {

/// When the parts of connecting were done.
struct ConnectPhases {
    using Time = std::chrono::steady_clock::time_point;

    Time begun;
    Time resolved;
    Time connected;
    Time secured;  // of TLS; for who shakes hands
};

struct ConnectOptions {
    Family family = Family::any;
    std::string source;                          // a literal address to connect from
    std::chrono::milliseconds timeout{0};        // for all of it; zero: as long as the system tries
    std::chrono::milliseconds retry_refused{0};  // try again every 10 ms for this long
    StreamOptions stream;
    ConnectPhases* phases = nullptr;  // filled if given; outlives connect()
};

/// Throws Failure (Fault::network) that names the endpoint and the last reason; system_error of
/// operation_aborted when cancelled.
awaitable<Stream> connect(Endpoint endpoint, ConnectOptions options);

}  // namespace nettool::net
