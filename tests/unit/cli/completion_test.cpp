#include "nettool/cli/completion.hpp"

#include "nettool/cli/runner.hpp"
#include "nettool/cli/table.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace nettool::cli {
namespace {

std::string printed_by(const std::string& command) {
    std::string text;
    auto* pipe = ::popen(("{ " + command + "; } 2>&1").c_str(), "r");
    for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
    EXPECT_EQ(::pclose(pipe), 0) << command << '\n' << text;
    return text;
}

// A directory with the three scripts and a file to be found.
class Shells : public testing::Test {
protected:
    Shells()
        : directory_(std::filesystem::path(testing::TempDir()) /
                     ("nettool-completion-test-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(directory_);
        std::filesystem::create_directories(directory_ / "certs");
        write("c.pem", "");
        write("bash", bash_completion(all_commands(), &declared_options));
        write("zsh", zsh_completion(all_commands(), &declared_options));
        write("fish", fish_completion(all_commands(), &declared_options));
    }
    ~Shells() override { std::filesystem::remove_all(directory_); }

    std::string run(const std::string& command) const {
        return printed_by("cd " + directory_.string() + " && " + command);
    }

    // The words are separated as bash separates them; one a line comes back.
    std::string bash(const std::string& words) const {
        return run("bash -c 'source ./bash; COMP_WORDS=(" + words +
                   "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _nettool; "
                   "[[ ${#COMPREPLY[@]} == 0 ]] || printf \"%s\\n\" \"${COMPREPLY[@]}\"'");
    }

    // Without descriptions, which follow a tab.
    std::string fish(const std::string& line) const {
        return run(
            "HOME=$PWD XDG_CONFIG_HOME=$PWD fish --no-config -c 'source ./fish; complete -C \"" +
            line + "\"' | cut -f1");
    }

private:
    void write(const char* name, const std::string& text) const {
        std::ofstream(directory_ / name) << text;
    }

    std::filesystem::path directory_;
};

TEST_F(Shells, UnderstandTheScripts) {
    for (const auto* shell : {"bash", "zsh", "fish"})
        EXPECT_EQ(run(std::string(shell) + " -n ./" + shell), "") << shell;
    EXPECT_EQ(run("zsh -f -c 'autoload -Uz compinit; compinit -u -D; source ./zsh; "
                  "echo $_comps[nettool] $_comps[sum-server]'"),
              "_nettool _nettool\n");
    EXPECT_EQ(
        run("mkdir functions && cp zsh functions/_nettool && zsh -f -c 'fpath=($PWD/functions "
            "$fpath); autoload -Uz compinit; compinit -u -D; echo $_comps[sum-client]'"),
        "_nettool\n");
}

struct Completed {
    std::string line;
    std::string words;
};

TEST_F(Shells, CompleteInBash) {
    const Completed lines[] = {
        {"nettool sum-s", "sum-server\n"},
        {"nettool sum-server --po", "--port\n"},
        {"sum-server --po", "--port\n"},
        {"/opt/sum-server --po", "--port\n"},
        {"nettool sum-server --color a", "auto\nalways\n"},
        {"nettool sum-server --color = al", "always\n"},
        {"nettool sum-server --trace =", "text\nhex\n"},
        {"nettool sum-server --trace h", ""},
        {"nettool sum-server --port \"\"", ""},
        {"nettool sum-server --cert c.", "c.pem\n"},
        {"nettool sum-server --cert = c.", "c.pem\n"},
        {"nettool install-links c", "certs\n"},
        {"nettool help sum-s", "sum-server\n"},
        {"nettool completion z", "zsh\n"},
        {"nettool --v", "--version\n"},
    };
    for (const auto& [line, words] : lines) EXPECT_EQ(bash(line), words) << line;
}

TEST_F(Shells, CompleteInFish) {
    const Completed lines[] = {
        {"nettool sum-s", "sum-server\n"},
        {"nettool sum-server --po", "--port\n"},
        {"sum-server --po", "--port\n"},
        {"nettool sum-server --color al", "always\n"},
        {"nettool sum-server --trace=h", "--trace=hex\n"},
        {"nettool sum-server --port ", ""},
        {"nettool sum-server --cert c.", "c.pem\n"},
        {"nettool install-links ce", "certs/\n"},
        {"nettool help sum-s", "sum-server\n"},
        {"nettool completion z", "zsh\n"},
        {"nettool --v", "--version\n"},
    };
    for (const auto& [line, words] : lines) EXPECT_EQ(fish(line), words) << line;
}

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
