#pragma once
// The host of a URL: a domain in its DNS form, an IPv4 address in any spelling, or an IPv6 address
// (WHATWG URL Standard, §3.5).

#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// Of a URL of http or https; `text` may still be percent-encoded.  An IPv6 address keeps its
/// brackets.
std::optional<std::string> parse_url_host(std::string_view text);

/// The DNS form of a domain name in UTF-8 (UTS #46, non-transitional; lenient about symbols).
std::optional<std::string> domain_to_ascii(const std::string& domain);

}  // namespace nettool::proto
