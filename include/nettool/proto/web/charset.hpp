#pragma once
// The character set of a page, and the page in UTF-8 (WHATWG Encoding; HTML, §13.2.3).

#include <string>
#include <string_view>

namespace nettool::proto {

/// By the byte order mark, then by the Content-Type field, then by a meta element among the first
/// 1024 bytes; else UTF-8 if the page is that, and windows-1252 if not.  A label of WHATWG's, in
/// lower case, such as `utf-8` or `windows-1252`.
std::string charset_of_page(std::string_view page, std::string_view content_type);

bool is_utf8(std::string_view text);

/// What is no character becomes U+FFFD; a byte order mark is left out.  Of a set that the system
/// cannot convert, the ASCII characters.
std::string utf8_of(std::string_view text, std::string_view charset);

/// A reference in a page of this set, which is UTF-8 by now, as it is to be parsed: browsers encode
/// what stands behind the `?` in the set of the page (WHATWG URL, §4.2 "percent-encode after
/// encoding"), and what that does not have as `&#N;`.
std::string with_encoded_query(std::string_view reference, std::string_view charset);

}  // namespace nettool::proto
