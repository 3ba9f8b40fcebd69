// completion: the script that completes nettool's commands and options in a shell.

#include "nettool/cli/completion.hpp"

#include "nettool/base/text.hpp"
#include "nettool/cli/runner.hpp"
#include "nettool/cli/table.hpp"

namespace nettool::commands {
namespace {

class Completion final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operand("SHELL", shell_, "bash, zsh or fish");
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        context.out.write(script());
        co_return cli::ExitCode::ok;
    }

private:
    std::string script() const {
        const auto commands = cli::all_commands();
        if (shell_ == "bash") return bash_completion(commands, &cli::declared_options);
        if (shell_ == "zsh") return zsh_completion(commands, &cli::declared_options);
        if (shell_ == "fish") return fish_completion(commands, &cli::declared_options);
        throw cli::UsageError("no completion for '" + escaped(shell_) + "' (bash, zsh or fish)");
    }

    std::string shell_;
};

constexpr cli::Example examples[] = {
    {"source <(nettool completion bash)", "complete in this bash"},
    {"nettool completion fish | source", "complete in this fish"},
};

}  // namespace

extern constinit const cli::CommandSpec completion{
    .name = "completion",
    .group = "Tools",
    .summary = "print a completion script for bash, zsh or fish",
    .details =
        R"(The script knows every command, its options, the words they take, and where a file is meant.)",
    .examples = examples,
    .results = &cli::described<>,
    .make = &cli::make<Completion>,
};

}  // namespace nettool::commands
