#pragma once
// The one judge of request heads: what RFC 9112 leaves in doubt is refused (request smuggling).

#include "nettool/http/head_scan.hpp"

namespace nettool::http {

/// Refers to the bytes of the head it was parsed from.
struct RequestHead {
    std::string_view method;
    std::string_view target;  // origin form, or `*`; for a proxy as it came
    unsigned minor_version = 1;
    Fields fields;
    std::string_view host;  // with its port; of absolute form: the target's
    Framing framing;
    bool keep_alive = false;
    bool expects_continue = false;
};

/// The answer to a request that is not served; the connection ends behind it.
struct Refusal {
    unsigned status = 400;
    std::string_view why;  // a sentence for people, without a full stop
};

/// For whom a request is judged.  A proxy leaves the target as it came, for it is asked for more
/// than paths; and what it passes on is written anew, so a Content-Length that is only repeated
/// does no harm.
enum class Recipient { origin, proxy };

/// `raw`: from the start line to the empty line.  A start line that cannot be split leaves `head`
/// with an empty method.
std::optional<Refusal> judge_request(std::string_view raw, const HeadLimits& limits,
                                     RequestHead& head, Recipient recipient = Recipient::origin);

/// The refusal of a head that never became whole.
Refusal refusal_of(HeadScanner::Progress progress);

}  // namespace nettool::http
