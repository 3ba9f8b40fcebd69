#pragma once
// A request that has gone through the proxy, as a result: one line for people, or JSON.

#include "nettool/cli/output.hpp"
#include "nettool/proxy/transaction.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace nettool::commands {

struct ProxiedRequest {
    static constexpr std::string_view event = "request";
    std::string time;  // RFC 3339, when it began
    net::Endpoint client;
    std::string method;
    std::string url;
    unsigned status = 0;               // 0: the client left without an answer
    std::uint64_t sent_bytes = 0;      // to the client
    std::uint64_t received_bytes = 0;  // from the client
    double time_ms = 0;
    std::string server;      // empty: nobody was asked
    std::string connection;  // to the server: new or kept
    bool tunnel = false;
    std::string cause;  // what went wrong
    std::string error;  // the same as a word of RFC 9209
    std::string injected;
};
BOOST_DESCRIBE_STRUCT(ProxiedRequest, (),
                      (time, client, method, url, status, sent_bytes, received_bytes, time_ms,
                       server, connection, tunnel, cause, error, injected))
std::string print(const ProxiedRequest& request);
/// The same with all of a long URL.
std::string whole_line(const ProxiedRequest& request);

ProxiedRequest proxied_request(const proxy::Transaction& transaction);

}  // namespace nettool::commands
