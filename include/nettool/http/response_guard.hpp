#pragma once
// The one judge of response heads: what a client can believe of a body's length and of where it is
// sent next.

#include "nettool/http/head_scan.hpp"

namespace nettool::http {

/// Refers to the bytes of the head it was parsed from.
struct ResponseHead {
    unsigned minor_version = 1;
    unsigned status = 0;
    std::string_view reason;
    Fields fields;
    Framing framing;
    bool keep_alive = false;

    bool interim() const noexcept { return status < 200; }
};

/// `raw`: from the status line to the empty line.  `method` of the request, because it decides
/// whether a body follows.  A sentence that says what is wrong; empty: nothing.  Strict is who
/// passes the answer on: a folded field and a status line without its second blank are wrong then.
std::string_view judge_response(std::string_view raw, std::string_view method,
                                const HeadLimits& limits, ResponseHead& head,
                                Strictness strictness = Strictness::lenient);

}  // namespace nettool::http
