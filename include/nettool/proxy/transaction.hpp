#pragma once
// What the proxy tells of one request, while it is under way and when it is over.

#include "nettool/base/clock.hpp"
#include "nettool/net/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nettool::proxy {

/// When the parts of a request were done; a time that is not set: that part did not happen.
struct Milestones {
    using Time = std::chrono::steady_clock::time_point;

    Time begun;      // the first byte of the request's head
    Time resolved;   // the name of the server
    Time connected;  // to the server
    Time secured;    // by TLS
    Time sent;       // the head of the request
    Time answered;   // the first byte of the response
    Time ended;
};

/// The four heads of a request, for those who want to see what a proxy does to them.  Values that
/// are secrets (Authorization, Cookie, …) are `<redacted n bytes>` already.
struct Heads {
    std::string request_received;   // from the client
    std::string request_sent;       // to the server
    std::string response_received;  // from the server
    std::string response_sent;      // to the client
};

/// One request and its answer.  Filled by the one coroutine that serves it.
struct Transaction {
    std::uint64_t id = 0;  // from 1, in the order in which requests came
    WallTime time;         // when it began
    Milestones at;
    net::Endpoint client;
    std::uint64_t connection = 0;  // of the client: which one, for requests behind one another
    std::string method;
    std::string url;                   // without user, password and fragment; of CONNECT: HOST:PORT
    unsigned status = 0;               // 0: the client left without an answer
    std::uint64_t received_bytes = 0;  // of the request's body, or from the client in a tunnel
    std::uint64_t sent_bytes = 0;      // of the response's body, or to the client in a tunnel
    std::optional<net::Endpoint> server;  // to which it was redirected
    bool reused = false;                  // a connection to it that was there already
    bool tunnel = false;                  // CONNECT, or an upgrade to another protocol
    std::string cause;     // a sentence that says what went wrong; empty: nothing did
    std::string error;     // the same as a word of RFC 9209 §2.3, connection_refused
    std::string injected;  // faults on purpose, in words
    Heads heads;           // empty unless somebody wants them, see Observer::wants_heads()
};

/// Hears of all requests; called from every connection's strand at once.
class Observer {
public:
    virtual ~Observer() = default;
    /// Whether Transaction::heads is to be filled, which costs something.
    virtual bool wants_heads() const noexcept = 0;
    /// The head of a request has come: id, time, client, connection, method and url are known.
    virtual void begun(const Transaction& transaction) = 0;
    /// A tunnel is open: status and server are known; it may stay so for hours.
    virtual void opened(const Transaction& transaction) = 0;
    virtual void ended(const Transaction& transaction) = 0;
};

}  // namespace nettool::proxy
