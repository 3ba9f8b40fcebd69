#pragma once
// What an SMTP server says that it can do, in its answer to EHLO (RFC 5321 §4.1.1.1).

#include "nettool/proto/mail/smtp_reply.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nettool::proto {

struct SmtpCapabilities {
    bool pipelining = false;              // RFC 2920
    bool eight_bit = false;               // 8BITMIME, RFC 6152
    bool utf8 = false;                    // SMTPUTF8, RFC 6531
    bool start_tls = false;               // RFC 3207
    bool size = false;                    // RFC 1870
    std::uint64_t max_size = 0;           // of a message; zero: nothing is said
    std::vector<std::string> mechanisms;  // of AUTH, in upper case, each once

    bool operator==(const SmtpCapabilities&) const = default;
};

/// Forgives what servers get wrong: keywords in any case, blanks too many, `AUTH=LOGIN`.
SmtpCapabilities parse_capabilities(const SmtpReply& reply);

}  // namespace nettool::proto
