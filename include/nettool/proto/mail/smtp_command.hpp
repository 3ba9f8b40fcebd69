#pragma once
// What an SMTP client says, one line a command (RFC 5321 §4.1.1).

#include "nettool/proto/mail/path.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nettool::proto {

enum class SmtpVerb {
    helo,
    ehlo,
    mail,
    rcpt,
    data,
    bdat,
    rset,
    noop,
    vrfy,
    expn,
    help,
    quit,
    starttls,
    auth,
    unknown,
};

/// Refers to the line it was parsed from.
struct SmtpCommand {
    SmtpVerb verb = SmtpVerb::unknown;
    std::string_view argument;  // without blanks at either end
};

/// In capitals, for keywords are written in any case (§2.4).
std::string keyword_of(std::string_view word);

/// Total over any line, which comes without its end; verbs in any case (§2.4).
SmtpCommand parse_smtp_command(std::string_view line) noexcept;

/// `MAIL`, `RCPT`, …; empty for an unknown one.
std::string_view to_string(SmtpVerb verb) noexcept;

/// The argument of MAIL or RCPT.
struct EnvelopeArgument {
    MailPath path;
    /// As they stand there, keywords in upper case; a keyword without a value has an empty one.
    std::vector<std::pair<std::string, std::string>> parameters;

    /// The value of a parameter; nothing where it is not there.
    std::optional<std::string_view> find(std::string_view keyword) const noexcept;
};

/// `FROM:<a@b> SIZE=1` with `FROM` as the word in front, in any case; blanks behind the colon are
/// forgiven, as everywhere.  Nothing for what is malformed, also where a parameter is there twice.
std::optional<EnvelopeArgument> parse_envelope(std::string_view argument, std::string_view word);

/// What xtext encodes (RFC 3461 §4); nothing for a bad escape.
std::optional<std::string> xtext_decoded(std::string_view text);

}  // namespace nettool::proto
