#pragma once
// Base64 (RFC 4648 §4).

#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// With padding, in one line.
std::string base64(std::string_view bytes);

/// Nothing for text that is not whole groups of the alphabet, padded, with zero bits left over.
std::optional<std::string> base64_decoded(std::string_view text);

/// As browsers do ("forgiving-base64 decode", WHATWG Infra, section 6): white space, no padding and
/// bits left over are no fault.
std::optional<std::string> base64_decoded_leniently(std::string_view text);

/// A SHA-256 as a member of Repr-Digest: `sha-256=:…:` (RFC 9530, section 3).
inline std::string repr_digest(std::string_view sha256) {
    return "sha-256=:" + base64(sha256) + ":";
}

}  // namespace nettool::proto
