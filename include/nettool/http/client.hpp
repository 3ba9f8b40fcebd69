#pragma once
// Asks one server after another until there is an answer that is no redirect (RFC 9110 §15.4).

#include "nettool/http/request.hpp"
#include "nettool/http/response.hpp"
#include "nettool/net/endpoint.hpp"

#include <functional>
#include <memory>

namespace nettool::http {

struct ClientLimits {
    HeadLimits head{8UL * 1024 + 64, 64UL * 1024, 200};
    std::chrono::milliseconds timeout{0};  // from the request to the end of the head; zero: none
    std::uint64_t max_body = UINT64_MAX;   // as it comes over the wire
    unsigned max_redirects = 10;           // zero: a redirect is an answer like any other
};

class Client {
public:
    /// Connects, shakes hands over TLS if told to, and fills the phases; throws Failure.
    using Dial = std::function<awaitable<net::Stream>(net::Endpoint, bool, net::ConnectPhases*)>;

    Client(Dial dial, const ClientLimits& limits) : dial_(std::move(dial)), limits_(limits) {}

    /// The last answer, its body still to be read.  Fields that only the first server may see
    /// (Authorization, Cookie) are not sent to another origin.  Throws Failure: network for a lost
    /// or silent connection, local for what is no HTTP, refused for a redirect that is not
    /// followed.
    awaitable<std::unique_ptr<Response>> send(Request request) const;

private:
    awaitable<std::unique_ptr<Response>> send_once(const Request& request) const;

    Dial dial_;
    ClientLimits limits_;
};

}  // namespace nettool::http
