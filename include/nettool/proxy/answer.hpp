#pragma once
// What a proxy answers by itself: why a request got nowhere, in words for people and for programs
// (Proxy-Status, RFC 9209).

#include "nettool/http/message.hpp"
#include "nettool/proxy/refused.hpp"

#include <string>
#include <string_view>

namespace nettool::proxy {

struct OwnAnswer {
    std::string_view pseudonym;
    std::string_view method;
    bool closes = false;  // the connection, behind it
    bool for_browsers = false;
    bool shows_usage = false;  // how a proxy is used, to who does not know
};

/// Whether a browser asks, which shows pages.
bool wants_page(const http::Fields& fields);

std::string own_answer(const Refused& refused, const OwnAnswer& about);

/// To OPTIONS whose way ends here (RFC 9110 §9.3.7).
std::string options_answer(std::string_view pseudonym, bool closes);

/// To TRACE whose way ends here (RFC 9110 §9.3.8): the request as it came, without secrets.
std::string trace_answer(std::string_view request_head, std::string_view pseudonym, bool closes);

}  // namespace nettool::proxy
