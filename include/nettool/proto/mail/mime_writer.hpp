#pragma once
// Makes a message of what somebody wants to say (RFC 5322, RFC 2045 to 2049).

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nettool::proto {

struct MailPerson {
    std::string name;     // UTF-8, may be empty
    std::string address;  // as it goes into the envelope
};

struct MailAttachment {
    std::string name;  // shown, UTF-8
    std::string media_type;
    std::uint64_t size = 0;
    /// Hands all of its bytes over in pieces; may be called more than once.
    std::function<void(const std::function<void(std::string_view)>&)> read;
};

struct MailDraft {
    MailPerson from;
    std::vector<MailPerson> to, cc;
    std::string subject;
    std::optional<std::string> text;  // UTF-8; an empty one where there is neither
    std::optional<std::string> html;
    std::vector<MailAttachment> attachments;
    /// In place of those that would be made (Date, Message-ID, …), or beside them.
    std::vector<std::pair<std::string, std::string>> fields;
    std::chrono::sys_seconds date;
    std::chrono::minutes utc_offset{0};  // of the Date field
    std::string message_id;              // with its brackets
    std::string boundary;                // stands in none of the parts
};

/// What the server at the other end takes.
struct MailTransport {
    bool eight_bit = false;  // 8BITMIME
};

/// Hands the message to `sink` in pieces; lines end with CR LF and have at most 998 octets.  Texts
/// go as they are where they can, else as quoted-printable, or base64 where little of it is ASCII.
void write_message(const MailDraft& draft, const MailTransport& transport,
                   const std::function<void(std::string_view)>& sink);

/// `Sun, 29 Nov 2026 02:00:00 +0100` (RFC 5322 §3.3)
std::string mail_date(std::chrono::sys_seconds time, std::chrono::minutes utc_offset);

}  // namespace nettool::proto
