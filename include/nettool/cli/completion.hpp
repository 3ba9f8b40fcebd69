#pragma once
// Shell completion scripts, made from the commands' declarations.

#include "nettool/cli/command_spec.hpp"
#include "nettool/cli/options.hpp"

#include <functional>

namespace nettool::cli {

/// Gives all options of a command.
using Declared = std::function<OptionSet(const CommandSpec&)>;
using Commands = std::span<const CommandSpec* const>;

/// Each script knows commands, options, the words an option takes, and where a file is meant; it
/// serves `nettool COMMAND …` and the commands' own names alike.
std::string bash_completion(Commands commands, const Declared& declared);
std::string zsh_completion(Commands commands, const Declared& declared);
std::string fish_completion(Commands commands, const Declared& declared);

}  // namespace nettool::cli
