#include "nettool/cli/completion.hpp"

#include "nettool/cli/runner.hpp"
#include "nettool/cli/table.hpp"

#include <gtest/gtest.h>

namespace nettool::cli {
namespace {

// That the shells understand the scripts is tested end to end, in tests/e2e/shell_test.py.
TEST(Completion, KnowsEveryCommandAndOptionInEveryShell) {
    const auto commands = all_commands();
    const std::string scripts[] = {bash_completion(commands, &declared_options),
                                   zsh_completion(commands, &declared_options),
                                   fish_completion(commands, &declared_options)};
    for (const auto& script : scripts)
        for (const auto* spec : commands) {
            EXPECT_NE(script.find(spec->name), std::string::npos) << spec->name;
            const auto options = declared_options(*spec);
            for (const auto& option : options.all())
                EXPECT_TRUE(option.is_operand() ||
                            script.find(option.long_name) != std::string::npos);
        }
}

}  // namespace
}  // namespace nettool::cli
