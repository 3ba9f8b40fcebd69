// help: the overview, and the manual of one command as text or as a man page.

#include "nettool/base/text.hpp"
#include "nettool/cli/manual.hpp"
#include "nettool/cli/runner.hpp"
#include "nettool/cli/table.hpp"
#include "nettool/cli/version.hpp"

namespace nettool::commands {
namespace {

class Help final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("COMMAND", names_, "the command to explain; without it the overview")
            .flag("man", man_, "as a man page (roff)");
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        if (names_.size() > 1) cli::refuse_operands({names_.begin() + 1, names_.end()});
        if (man_ && names_.empty()) throw cli::UsageError("missing operand COMMAND");
        context.out.write(names_.empty() ? overview(cli::all_commands()) : manual_of(names_[0]));
        co_return cli::ExitCode::ok;
    }

private:
    std::string manual_of(const std::string& name) const {
        const auto* spec = cli::find_command(name);
        if (!spec) throw cli::UsageError(cli::unknown_command(name));
        const auto options = cli::declared_options(*spec);
        return man_ ? man_page(*spec, options, cli::version()) : help_text(*spec, options);
    }

    std::vector<std::string> names_;
    bool man_ = false;
};

constexpr cli::Example examples[] = {
    {"nettool help sum-server", "explain a command"},
    {"nettool help sum-server --man | man -l -", "read its man page"},
};

}  // namespace

extern constinit const cli::CommandSpec help{
    .name = "help",
    .group = "Tools",
    .summary = "explain nettool or one of its commands",
    .details =
        R"(Prints what the command's own declaration says of it: purpose, options with their defaults, the keys
of its JSON results, and examples.)",
    .examples = examples,
    .results = &cli::described<>,
    .make = &cli::make<Help>,
};

}  // namespace nettool::commands
