#pragma once
// Where a request wants to go, as the target of its request line says (RFC 9112 §3.2).

#include "nettool/http/request_guard.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::proxy {

struct Destination {
    enum class Kind {
        server,  // which is asked for us
        tunnel,  // to a server that is talked to past us
        proxy,   // `OPTIONS *`: we are asked ourselves
    };

    Kind kind = Kind::server;
    bool secured = false;    // https
    std::string host;        // in lower case, without brackets and final dot
    std::uint16_t port = 0;  // never zero
    std::string authority;   // as a Host field has it
    std::string target;      // in origin form, or `*`; empty for a tunnel
    std::string via;         // what the fields of that name have said so far
    bool is_path = false;    // asked for as a path, as in Style::lab
    std::string url;         // for people: without user and password; of a tunnel HOST:PORT
};

/// How the target is read.
enum class Style {
    forward,  // absolute form and CONNECT, as every proxy's
    lab,      // and the textbook's `/www.example.com/page`
};

/// What a request says of where it wants to go; or why that cannot be said, and how it should have
/// been asked.
std::optional<http::Refusal> read_destination(const http::RequestHead& request, Style style,
                                              Destination& to);

/// For a proxy in front of one server: whatever host a request names, it is that one's.
std::optional<http::Refusal> read_reverse_destination(const http::RequestHead& request,
                                                      const Destination& origin, Destination& to);

}  // namespace nettool::proxy
