#pragma once
// Names below which anybody may register one (publicsuffix.org); libpsl knows them.

#include <string>

namespace nettool::proto {

/// `domain`: in its DNS form, lower case.
bool is_public_suffix(const std::string& domain);

}  // namespace nettool::proto
