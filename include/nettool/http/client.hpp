#pragma once
// Asks one server after another until there is an answer that is no redirect (RFC 9110 §15.4).

#include "nettool/http/connection_pool.hpp"
#include "nettool/http/request.hpp"
#include "nettool/http/response.hpp"
#include "nettool/net/connector.hpp"
#include "nettool/proto/web/cookie_jar.hpp"
#include "nettool/proto/web/proxy_rules.hpp"

#include <memory>
#include <vector>

namespace nettool::http {

struct ClientLimits : ResponseLimits {
    unsigned max_redirects = 10;            // zero: a redirect is an answer like any other
    std::chrono::milliseconds max_time{0};  // of a request and all of its answer; zero: none
};

/// One request and its answer on the way to the last one.
struct Hop {
    proto::Url url;
    std::string request_head;
    std::string response_head;  // empty: there was none
    unsigned status = 0;
    Phases phases;
    Phases::Time end;  // of the head
    bool reused = false;
    std::string proxy;  // HOST:PORT, or empty
    net::Endpoint peer;
    std::optional<net::TlsSession> tls;  // of a connection that was made for this
};
using Trail = std::vector<Hop>;

/// Used on one strand.  Copies share their connections.
class Client {
public:
    struct Settings {
        ClientLimits limits;
        proto::ProxyRules proxies;
        std::shared_ptr<proto::CookieJar> cookies;  // null: none are kept
    };

    Client(net::Dialing dialing, Settings settings)
        : dialing_(std::move(dialing)), settings_(std::move(settings)) {}

    /// The last answer, its body still to be read.  Fields that only the first server may see
    /// (Authorization, Cookie) are not sent to another origin.  A connection that waits is used
    /// where one does; if it turns out to be closed, a request that may be sent twice is.  Throws
    /// Failure: network for a lost or silent connection, local for what is no HTTP, refused for a
    /// redirect that is not followed.  `trail`: what happened, also when that throws.
    awaitable<std::unique_ptr<Response>> send(Request request, Trail* trail = nullptr) const;

private:
    struct Way;

    awaitable<std::unique_ptr<Response>> send_once(const Request& original, Hop& hop) const;
    awaitable<std::unique_ptr<Response>> ask(const Request& request,
                                             std::unique_ptr<Connection> connection, const Way& way,
                                             Hop& hop) const;
    awaitable<std::unique_ptr<Connection>> connect(const Request& request, const Way& way,
                                                   Phases& phases) const;
    awaitable<void> tunnel(std::unique_ptr<Connection>& connection, const Request& request,
                           const Way& way, Phases& phases) const;

    net::Dialing dialing_;
    Settings settings_;
    std::shared_ptr<ConnectionPool> pool_ = std::make_shared<ConnectionPool>();
};

}  // namespace nettool::http
