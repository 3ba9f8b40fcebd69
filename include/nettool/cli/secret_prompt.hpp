#pragma once
// Asks for a secret at the terminal, which does not show what is typed.

#include "nettool/cli/command.hpp"

#include <string>

namespace nettool::cli {

/// A line without its end.  Throws Failure (local) where there is no terminal or nothing is typed,
/// and operation_aborted when cancelled.
awaitable<std::string> ask_secret(Context& context, std::string prompt);

}  // namespace nettool::cli
