#pragma once
// What every response of a service says beside what is its own: fields for all, and refusals.

#include "nettool/http/exchange.hpp"

#include <string>
#include <utility>
#include <vector>

namespace nettool::http {

struct ReplyFields {
    bool cors = false;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string methods = "GET, HEAD, OPTIONS";  // for Allow

    HeadWriter head(unsigned status) const;
    awaitable<result<void>> refuse(Exchange& exchange, unsigned status, std::string_view why) const;
    awaitable<result<void>> refuse(Exchange& exchange, const Refusal& refusal) const {
        return refuse(exchange, refusal.status, refusal.why);
    }
};

/// How a client is told that a file cannot be opened, read or written.
Refusal refusal_of(error_code ec);

}  // namespace nettool::http
