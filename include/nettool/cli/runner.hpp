#pragma once
// Runs one command in a context; main, lab and the tests all start commands through here.

#include "nettool/base/failure.hpp"
#include "nettool/cli/command.hpp"

#include <string>
#include <vector>

namespace nettool::cli {

/// Parses `arguments` into a fresh command and runs it.  Cancellation is a request: run() sees
/// operation_aborted and finishes in its own way.
awaitable<ExitCode> run_command(const CommandSpec& spec, std::vector<std::string> arguments,
                                Context& context);

/// What a Failure means to whoever started the command.
ExitCode exit_code_of(Fault fault) noexcept;

/// The status, once it is known whether the results could be written: 4 with a line in the log, or
/// without where the reader had simply gone.
ExitCode settled(ExitCode code, const Sink& results, const Log& log);

/// All options of a command, those that every command has included, for its manual.
OptionSet declared_options(const CommandSpec& spec);

}  // namespace nettool::cli
