#include "nettool/cli/manual.hpp"

#include "nettool/cli/runner.hpp"
#include "nettool/cli/table.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace nettool::cli {
namespace {

TEST(Manual, NamesEveryOptionOfEveryCommand) {
    for (const auto* spec : all_commands()) {
        const auto options = declared_options(*spec);
        const auto help = help_text(*spec, options);
        const auto man = man_page(*spec, options, "1");
        for (const auto& option : options.all()) {
            if (option.is_operand()) continue;
            EXPECT_NE(help.find("--" + option.long_name), std::string::npos) << option.long_name;
            EXPECT_NE(help.find(option.help.substr(0, 20)), std::string::npos) << option.help;
            EXPECT_NE(man.find(option.help.substr(0, option.help.find('-'))), std::string::npos);
        }
    }
}

TEST(Manual, FitsTheTerminal) {
    for (const auto* spec : all_commands()) {
        std::istringstream lines(help_text(*spec, declared_options(*spec)));
        for (std::string line; std::getline(lines, line);)
            EXPECT_LE(line.size(), 104u) << spec->name << ": " << line;
    }
}

TEST(Manual, ShowsDefaultsChoicesAndTheKeysOfResults) {
    const auto* spec = find_command("sum-server");
    const auto help = help_text(*spec, declared_options(*spec));
    for (const auto* part :
         {"usage: nettool sum-server [OPTIONS]\n", "--idle TIME", "(default 1m)",
          "--trace[=text|hex]", "--color auto|always|never", "sum-session", "answered"})
        EXPECT_NE(help.find(part), std::string::npos) << part;
}

TEST(Manual, EscapesWhatRoffWouldTakeForItself) {
    const auto* spec = find_command("lab");
    const auto man = man_page(*spec, declared_options(*spec), "1");
    std::istringstream lines(man);
    for (std::string line; std::getline(lines, line);)
        EXPECT_TRUE(!line.starts_with('.') || line.starts_with(".TH") || line.starts_with(".S") ||
                    line.starts_with(".TP") || line.starts_with(".PP"))
            << line;
}

TEST(Overview, GroupsEveryCommand) {
    const auto text = overview(all_commands());
    for (const auto* spec : all_commands()) {
        EXPECT_NE(text.find("  " + std::string(spec->name) + " "), std::string::npos);
        EXPECT_NE(text.find(std::string(spec->group) + ":\n"), std::string::npos);
        EXPECT_FALSE(spec->summary.ends_with('.')) << spec->summary;
    }
}

}  // namespace
}  // namespace nettool::cli
