#pragma once
// Which form of a content a client gets: by its Accept and Accept-Encoding (RFC 9110 §12.5).

#include "nettool/http/message.hpp"

#include <string_view>
#include <vector>

namespace nettool::http {

/// Those of `zstd`, `br` and `gzip` that are wanted at least as much as the plain bytes, the most
/// wanted first and among equals in this order; none for an empty field.
std::vector<std::string_view> acceptable_codings(std::string_view accept_encoding);

/// Whether Accept names this very type.
bool accepts(const Fields& fields, std::string_view type);

}  // namespace nettool::http
