#pragma once
// Header fields of mail: words beyond ASCII, folded lines, parameters (RFC 5322 §2.2, RFC 2047,
// RFC 2231).

#include <string>
#include <string_view>

namespace nettool::proto {

/// `Subject: Grüße` as a field with its CR LF: what is not ASCII becomes encoded words of at most
/// 75 characters, none of which splits a character; lines are folded at 76 where they have blanks.
/// `text` is UTF-8 without control bytes.
std::string text_field(std::string_view name, std::string_view text);

/// `Ada Lovelace <ada@example.org>` with the name quoted, or encoded as it needs and where it is
/// long; the address is as it is.
std::string mailbox_text(std::string_view name, std::string_view address);

/// The words of a field decoded: encoded words of any character set as UTF-8, folds as blanks. What
/// is no encoded word stands for itself.
std::string field_decoded(std::string_view value);

/// `; filename="plain.txt"`, or for a name that is not plain both `filename` in ASCII and
/// `filename*` (RFC 2231 §4).
std::string parameter(std::string_view name, std::string_view value);

}  // namespace nettool::proto
