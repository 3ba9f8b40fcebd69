#pragma once
// Renders a command's one declaration as --help and as a man page, and the table as an overview.

#include "nettool/cli/command_spec.hpp"
#include "nettool/cli/options.hpp"

namespace nettool::cli {

std::string overview(std::span<const CommandSpec* const> commands);
std::string help_text(const CommandSpec& spec, const OptionSet& options);

/// In roff with the man macros.
std::string man_page(const CommandSpec& spec, const OptionSet& options, std::string_view version);

/// `nettool sum-client [OPTIONS] [NUMBER...]`
std::string synopsis(const CommandSpec& spec, const OptionSet& options);

}  // namespace nettool::cli
