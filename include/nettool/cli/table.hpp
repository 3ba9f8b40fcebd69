#pragma once
// The list of all commands.

#include "nettool/cli/command_spec.hpp"

#include <vector>

namespace nettool::cli {

std::span<const CommandSpec* const> all_commands() noexcept;
const CommandSpec* find_command(std::string_view name) noexcept;

/// The names, for suggestions.
std::vector<std::string_view> command_names();

/// "unknown command 'NAME'", with the nearest name if there is one.
std::string unknown_command(std::string_view name);

}  // namespace nettool::cli
