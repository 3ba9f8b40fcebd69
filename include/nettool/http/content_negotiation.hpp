#pragma once
// Which content coding a client gets, by the q-values of its Accept-Encoding (RFC 9110 §12.5.3).

#include <string_view>
#include <vector>

namespace nettool::http {

/// Those of `zstd`, `br` and `gzip` that are wanted at least as much as the plain bytes, the most
/// wanted first and among equals in this order; none for an empty field.
std::vector<std::string_view> acceptable_codings(std::string_view accept_encoding);

}  // namespace nettool::http
