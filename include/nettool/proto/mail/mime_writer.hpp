#pragma once
// Makes a message of what somebody wants to say (RFC 5322, RFC 2045 to 2049).

#include "nettool/proto/mail/path.hpp"

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
    std::string name;  // UTF-8, may be empty
    MailPath path;     // as it goes into the envelope
};

struct MailAttachment {
    std::string name;  // shown, UTF-8
    std::string media_type;
    std::uint64_t size = 0;
    /// Exactly `count` bytes from `offset` on, all of which it has; throws where it has not.
    std::function<std::string(std::uint64_t offset, std::size_t count)> read;
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

/// A part of a message as it goes: text, or the attachment with this index, still to be encoded.
struct MailPiece {
    std::string text;
    std::optional<std::size_t> attachment;
};

/// Lines end with CR LF and have at most 998 octets.  Texts go as they are where they can, else as
/// quoted-printable, or base64 where little of it is ASCII.
std::vector<MailPiece> write_message(const MailDraft& draft, const MailTransport& transport);

/// Base64 in lines of 76 characters, each with its CR LF (RFC 2045 §6.8); of several pieces all
/// but the last are whole lines, of `bytes_in_a_line`.
std::string base64_lines(std::string_view bytes);
inline constexpr std::size_t bytes_in_a_line = 57;
std::uint64_t base64_lines_size(std::uint64_t bytes) noexcept;

/// `Sun, 29 Nov 2026 02:00:00 +0100` (RFC 5322 §3.3)
std::string mail_date(std::chrono::sys_seconds time, std::chrono::minutes utc_offset);

}  // namespace nettool::proto
