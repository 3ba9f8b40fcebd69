#pragma once
// Gives an option its value, or says what is wrong with it.

#include "nettool/cli/options.hpp"

#include <string>

namespace nettool::cli {

/// Throws UsageError.
void assign_value(const Option& option, const std::string& text);

}  // namespace nettool::cli
