#pragma once
// Percent-encoding: which bytes each part of a URL may hold as they are (WHATWG URL Standard,
// §1.3).

#include "nettool/base/ascii.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

enum class UrlPart { opaque_path, fragment, query, path, userinfo };

/// Appends `text` with what `part` may not hold, and everything beyond ASCII, as `%XX`.
void append_percent_encoded(std::string& target, std::string_view text, UrlPart part);

/// `%XX`, in upper case.
void append_percent_escape(std::string& target, char c);

/// The byte that an escape at the beginning of `text` stands for; -1 where there is none.
int percent_escape_at(std::string_view text);

/// What may always stand as it is: ALPHA, DIGIT, `-`, `.`, `_`, `~` (RFC 3986 §2.3).
constexpr bool is_unreserved(char c) noexcept {
    return is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// What `%XX` stands for; a bad escape stands for itself.
std::string percent_decoded_leniently(std::string_view text);

/// What `%XX` stands for; nothing for a bad escape.
std::optional<std::string> percent_decoded(std::string_view text);

/// Valid UTF-8: what is not becomes U+FFFD, by maximal subparts as browsers do.
std::string with_replacements(std::string_view text);

}  // namespace nettool::proto
