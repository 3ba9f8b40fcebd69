#pragma once
// What is known of a message besides its own bytes: its envelope, who brought it, and the dialog
// that did; it stands beside the message as JSON.

#include "nettool/proto/mail/transcript.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

/// A line of a Transcript as JSON has it.
struct DialogLine {
    std::uint64_t number = 0;
    std::string time;     // RFC 3339
    std::string speaker;  // `C`, `S` or `*`
    std::string text;
    std::string meaning;
    std::string source;
};
BOOST_DESCRIBE_STRUCT(DialogLine, (), (number, time, speaker, text, meaning, source))

DialogLine dialog_line(const TranscriptLine& line);

/// `10:00:00.123 #1 C: EHLO me`, then what it means and the source of that in a column of their
/// own; `label` is the number of the line or of its connection, and may be empty.
std::string dialog_text(const DialogLine& line, std::string_view label);

struct MailRecord {
    std::string received;                 // RFC 3339
    std::string from;                     // of the envelope; empty for `<>`
    std::vector<std::string> to;          // of the envelope
    std::vector<std::string> parameters;  // of MAIL: `SIZE=38`
    std::uint64_t size_bytes = 0;
    std::string protocol;              // `ESMTPSA`, as Received fields say it (RFC 3848)
    std::string client_address;        // `127.0.0.1:40000`
    std::string client_name;           // what it said to be
    std::string user;                  // after AUTH
    std::string tls;                   // `TLSv1.3 TLS_AES_256_GCM_SHA384`; empty without
    std::vector<std::string> defects;  // of the bytes on the wire, a sentence each
    std::vector<DialogLine> dialog;    // up to the message, how the connection began included
    std::uint64_t left_out = 0;        // lines of it, that were about other messages
};
BOOST_DESCRIBE_STRUCT(MailRecord, (),
                      (received, from, to, parameters, size_bytes, protocol, client_address,
                       client_name, user, tls, defects, dialog, left_out))

/// One line of JSON with its LF.
std::string to_json(const MailRecord& record);

/// Total over any text; nothing for what to_json() has not written.
std::optional<MailRecord> parse_mail_record(std::string_view json);

}  // namespace nettool::proto
