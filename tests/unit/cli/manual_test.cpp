#include "nettool/cli/manual.hpp"

#include "nettool/cli/runner.hpp"
#include "nettool/cli/table.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <unistd.h>

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
            EXPECT_LE(line.size(), 100u) << spec->name << ": " << line;
    }
}

TEST(Manual, FillsParagraphsButLeavesIndentedLinesAlone) {
    const CommandSpec spec{.name = "odd",
                           .group = "Tools",
                           .summary = "odd",
                           .details = "one\ntwo\n  kept   as it is\n\nthree",
                           .examples = {},
                           .results = [] { return std::vector<ResultSpec>(); },
                           .make = nullptr};
    bool flag = false;
    OptionSet options;
    options.flag("an-option-with-a-very-long-name", flag, "a help");
    const auto help = help_text(spec, options);
    EXPECT_NE(help.find("\n\none two\n  kept   as it is\n\nthree\n"), std::string::npos) << help;
    EXPECT_NE(help.find("name\n" + std::string(30, ' ') + "a help\n"), std::string::npos) << help;
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

// What `command` prints, both streams.
std::string printed_by(const std::string& command) {
    std::string text;
    auto* pipe = ::popen(("{ " + command + "; } 2>&1").c_str(), "r");
    for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
    EXPECT_EQ(::pclose(pipe), 0) << command << '\n' << text;
    return text;
}

// A command as awkward as they come.
std::string awkward_page() {
    static constexpr Example examples[] = {{"printf '\\n.' | nettool odd -1", ".what 'it' does"}};
    const CommandSpec spec{.name = "odd-server",
                           .group = "Tools",
                           .summary = "'odd' by design",
                           .details = ".starts with a dot\n'and' a quote\n\nc:\\new -- too",
                           .examples = examples,
                           .results =
                               [] {
                                   return std::vector<ResultSpec>{{"odd", {"rtt_ms"}}};
                               },
                           .make = nullptr};
    static std::string file;
    static std::vector<std::string> words;
    OptionSet options;
    options.group("Own").value("file,f", file, "FILE", ".where it\\goes");
    options.operands("WORD", words, "'what'", 1);
    return man_page(spec, options, "1.2");
}

std::string shown_by_man(const std::string& page) {
    const std::string path =
        testing::TempDir() + "nettool-manual-test-" + std::to_string(::getpid()) + ".1";
    std::ofstream(path) << page;
    const auto text =
        printed_by("MANROFFSEQ= LC_ALL=C.UTF-8 MANWIDTH=80 MANPAGER=cat man --warnings -l " + path);
    std::filesystem::remove(path);
    return text;
}

TEST(ManPage, IsShownWithoutWarnings) {
    auto pages = std::vector{awkward_page()};
    for (const auto* spec : all_commands())
        pages.push_back(man_page(*spec, declared_options(*spec), "1"));
    for (const auto& page : pages) {
        const auto text = shown_by_man(page);
        EXPECT_EQ(text.find("warning"), std::string::npos) << text;
        EXPECT_EQ(text.find("nettool-manual-test"), std::string::npos) << text;
        for (const auto* part :
             {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "130, 143", "SEE ALSO"})
            EXPECT_NE(text.find(part), std::string::npos) << part;
    }
}

TEST(ManPage, ShowsWhatRoffWouldTakeForItself) {
    const auto text = shown_by_man(awkward_page());
    for (const auto* part : {"NETTOOL-ODD-SERVER(1)", ".starts with a dot 'and' a quote",
                             "c:\\new -- too", ".where it\\goes", "-f, --file FILE", "JSON RESULTS",
                             "printf '\\n.' | nettool odd -1", ".what 'it' does", "WORD..."})
        EXPECT_NE(text.find(part), std::string::npos) << part << '\n' << text;
}

TEST(Overview, GroupsEveryCommand) {
    const auto text = overview(all_commands());
    for (const auto* spec : all_commands()) {
        EXPECT_NE(text.find("  " + std::string(spec->name) + " "), std::string::npos);
        EXPECT_NE(text.find(std::string(spec->group) + ":\n"), std::string::npos);
        EXPECT_FALSE(spec->summary.ends_with('.')) << spec->summary;
    }
    for (const auto* hint : {"nettool help COMMAND", "nettool COMMAND --help"})
        EXPECT_NE(text.find(hint), std::string::npos) << hint;
}

}  // namespace
}  // namespace nettool::cli
