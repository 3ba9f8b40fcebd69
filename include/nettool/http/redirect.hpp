#pragma once
// Sends those who speak plain HTTP to a port of HTTPS where they belong.

#include "nettool/http/exchange.hpp"

namespace nettool::http {

/// 307 with the same host, port and target (RFC 9110 §15.4.8), and a text that says why.
awaitable<result<void>> redirect_to_https(Exchange& exchange);

}  // namespace nettool::http
