#pragma once
// Base64 (RFC 4648 §4).

#include <string>
#include <string_view>

namespace nettool::proto {

/// With padding, in one line.
std::string base64(std::string_view bytes);

}  // namespace nettool::proto
