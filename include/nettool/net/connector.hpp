#pragma once
// Connects to a name by racing its addresses (RFC 8305), within a deadline.

#include "nettool/net/resolver.hpp"
#include "nettool/net/stream.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace nettool::net {

/// One of the addresses of a name, and what became of it.
struct ConnectAttempt {
    using Time = std::chrono::steady_clock::time_point;

    Endpoint address;
    Time begun, ended;  // not ended: another one was faster
    error_code error;
};

/// When the parts of connecting were done.
struct ConnectPhases {
    using Time = ConnectAttempt::Time;

    Time begun;
    Time resolved;
    Time connected;
    Time secured;  // of TLS; for who shakes hands
    std::vector<ConnectAttempt> attempts;
};

/// How far a connection may lead: what somebody on the net has written down may not name the
/// machines behind our walls (see is_public()).
enum class Reach { anywhere, public_only };

struct ConnectOptions {
    Family family = Family::any;
    Reach reach = Reach::anywhere;
    /// Known already and judged; empty: the name is looked up.
    std::vector<asio::ip::address> addresses;
    std::string source;                          // a literal address to connect from
    std::chrono::milliseconds timeout{0};        // for all of it; zero: as long as the system tries
    std::chrono::milliseconds retry_refused{0};  // try again every 10 ms for this long
    StreamOptions stream;
    ConnectPhases* phases = nullptr;  // filled if given; outlives connect()
};

/// Throws Failure (Fault::network) that names the endpoint and the last reason; system_error of
/// operation_aborted when cancelled.
awaitable<Stream> connect(Endpoint endpoint, ConnectOptions options);

/// What a client wants to be connected to.
struct DialRequest {
    Endpoint endpoint;
    Reach reach = Reach::anywhere;
    std::vector<asio::ip::address> addresses;  // see ConnectOptions
    ConnectPhases* phases = nullptr;           // filled if given; outlives the connecting
};

/// How a client makes its connections, for who knows nothing of the options behind it.
struct Dialing {
    /// Throws Failure, as connect() does.
    std::function<awaitable<Stream>(DialRequest)> connect;
    /// Shakes hands over TLS with this host; throws Failure that says what would help.
    std::function<awaitable<void>(Stream&, Endpoint)> secure;
};

}  // namespace nettool::net
