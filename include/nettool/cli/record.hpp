#pragma once
// Where a record of traffic goes: a file of its owner's only, or standard output.

#include "nettool/cli/sink.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace nettool::cli {

/// `-` is standard output.  Throws Failure (local), and so does what it returns.
std::function<void(std::string_view)> record_to(const std::string& path, Sink& results);

}  // namespace nettool::cli
