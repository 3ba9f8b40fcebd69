#pragma once
// The heads of messages as a proxy passes them on, written anew from what was understood of them
// (RFC 9110 §7.6): what was not, is not passed on.

#include "nettool/http/request_guard.hpp"
#include "nettool/http/response_guard.hpp"
#include "nettool/proxy/destination.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nettool::proxy {

/// What a proxy says of itself in Via (RFC 9110 §7.6.3): a name that is nobody else's.
bool has_passed(const http::Fields& fields, std::string_view pseudonym);

/// Whether a request asks for WebSocket (RFC 6455 §4.1).  No other protocol is passed on: behind
/// one that we do not know somebody could hide requests of any kind.
bool asks_for_websocket(const http::RequestHead& request);

/// What is special about one request.
struct RequestChanges {
    std::string_view pseudonym;
    bool whole_url = false;                // to another proxy
    std::string_view proxy_credentials;    // for that one
    bool was_for_us = false;               // Authorization, in front of one server
    std::optional<unsigned> max_forwards;  // one less than it was
    std::string_view forwarded;            // RFC 7239, of a reverse proxy
};

/// Appended to `text`.
void append_request_head(std::string& text, const http::RequestHead& request, const Destination& to,
                         const RequestChanges& changes);

struct ResponseChanges {
    std::string_view pseudonym;
    http::Framing framing;        // until_close: none is said
    std::string_view connection;  // what its field says: close, Upgrade; empty: nothing
    std::string_view date;        // where the server has not said it
    std::string_view origin;      // of a reverse proxy, as Location may have it: http://h:81
    std::string_view own_origin;  // what stands there instead
    std::string_view path_style;  // of a request in Style::lab: the authority it was for
};

/// Of a final or interim response.
void append_response_head(std::string& text, const http::ResponseHead& response,
                          std::string_view method, const ResponseChanges& changes);

}  // namespace nettool::proxy
