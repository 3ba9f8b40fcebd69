#pragma once
// Where mail comes from and goes to, as SMTP's envelope writes it (RFC 5321 §4.1.2, RFC 6531 §3.3).

#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

struct MailPath {
    std::string local_part;  // as written, quotes and all
    std::string domain;      // or an address in brackets; empty for `<>` and `<Postmaster>`

    bool operator==(const MailPath&) const = default;

    bool is_null() const noexcept { return local_part.empty(); }
    /// Whether it can be said only with SMTPUTF8.
    bool has_utf8() const noexcept;
};

/// `a@b.example`, without brackets.
std::string to_string(const MailPath& path);

/// Takes `<…>` off the beginning of `text`; a source route in front of it is dropped (§4.1.1.3).
/// Nothing, and `text` untouched, for what is no path: without brackets, with control bytes, or
/// longer than the limits of §4.5.3.1 (64 octets before the `@`, 255 behind it).
std::optional<MailPath> take_mail_path(std::string_view& text);

/// An address as people type it: with or without brackets, with or without a name in front of
/// them (`Ada <ada@example.org>`).
std::optional<MailPath> parse_typed_address(std::string_view text);

}  // namespace nettool::proto
