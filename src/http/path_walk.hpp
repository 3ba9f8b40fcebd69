#pragma once
// Opens a path beneath a directory step by step, for systems without openat2.

#include "nettool/base/asio.hpp"
#include "nettool/base/unique_descriptor.hpp"

#include <string>

namespace nettool::http {

/// As openat2 with RESOLVE_BENEATH: relative links are followed while they stay beneath `root`,
/// absolute links and ways out are EXDEV.  `flags`: of open(2).
result<UniqueDescriptor> open_by_walking(int root, const std::string& path, int flags);

}  // namespace nettool::http
