#pragma once
// Which nettool this is, and of which libraries it is made.

#include <string>
#include <string_view>

namespace nettool::cli {

std::string_view version();

/// The lines of `nettool --version`.
std::string version_text();

}  // namespace nettool::cli
