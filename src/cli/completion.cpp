#include "nettool/cli/completion.hpp"

#include <fmt/format.h>

namespace nettool::cli {
namespace {

std::string joined(const std::vector<std::string>& words, std::string_view separator = " ") {
    return fmt::format("{}", fmt::join(words, separator));
}

std::vector<std::string> names_of(Commands commands) {
    std::vector<std::string> names;
    for (const auto* spec : commands) names.emplace_back(spec->name);
    return names;
}

// Those completed under their own names too; `help` belongs to the shells.
std::vector<std::string> links_of(Commands commands) {
    auto names = names_of(commands);
    std::erase(names, "help");
    return names;
}

// What an operand may be, of the commands that are about commands or shells.
std::string operand_words(const CommandSpec& spec, Commands commands) {
    if (spec.name == "help") return joined(names_of(commands));
    return spec.name == "completion" ? "bash zsh fish" : "";
}

bool takes_next_word(const Option& option) {
    return option.kind == Option::Kind::value || option.kind == Option::Kind::list;
}

bool takes_directory(const Option& option) { return option.argument == "DIR"; }

// `--port|-p`
std::string alternatives(const Option& option) {
    const auto text = "--" + option.long_name;
    return option.short_name ? text + "|-" + option.short_name : text;
}

// In single quotes, for bash and zsh.
std::string single_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) c == '\'' ? out += "'\\''" : out += c;
    return out + "'";
}

// What bash's compgen calls a kind of file.
std::string_view bash_kind(const Option& option) {
    if (takes_directory(option)) return "directory";
    return option.takes_file() ? "file" : "nothing";
}

// What follows an option.
std::string bash_option(const Option& option) {
    const auto words = "words=" + single_quoted(joined(option.choices));
    const auto line = [&](const std::string& then) {
        return fmt::format("            {}) {} ;;\n", alternatives(option), then);
    };
    if (option.kind == Option::Kind::optional_value) return line("[[ $assigned ]] && " + words);
    if (!takes_next_word(option)) return {};
    return line(option.choices.empty() ? fmt::format("kind={}", bash_kind(option)) : words);
}

std::string bash_case(const CommandSpec& spec, const OptionSet& options, Commands commands) {
    std::vector<std::string> names;
    std::string cases, operands = single_quoted(operand_words(spec, commands));
    for (const auto& option : options.all()) {
        if (!option.is_operand()) {
            names.push_back("--" + option.long_name);
            cases += bash_option(option);
        } else if (option.takes_file()) {
            operands += fmt::format(" operand={}", bash_kind(option));
        }
    }
    return fmt::format(
        "    {})\n        options={}\n        operands={}\n        case $previous in\n{}"
        "        esac ;;\n",
        spec.name, single_quoted(joined(names)), operands, cases);
}

constexpr std::string_view bash_head =
    R"(# bash completion for nettool; made by: nettool completion bash
_nettool() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local command=${COMP_WORDS[0]##*/} assigned= options= operands= operand= words= kind=
    COMPREPLY=()
    if [[ $command == nettool ]]; then
        if (( COMP_CWORD == 1 )); then
            words="$_nettool_commands --help --list --version"
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
            return
        fi
        command=${COMP_WORDS[1]}
    fi
    # To bash '=' is a word: --color=al are three.
    if [[ $current == = ]]; then
        current= assigned=1
    elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]} assigned=1
    fi
    case $command in
)";

constexpr std::string_view bash_tail = R"(    esac
    if [[ -z $words$kind ]]; then
        if [[ $assigned ]]; then
            kind=nothing
        elif [[ $current != -* && $operand ]]; then
            kind=$operand
        elif [[ $current != -* && $operands ]]; then
            words=$operands
        else
            words=$options
        fi
    fi
    case $kind in
        nothing) ;;
        '') mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
        *)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -A "$kind" -- "$current") ;;
    esac
}
)";

// Without what zsh's _arguments takes for its own syntax.
std::string zsh_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

// `:FILE:_files`, what is to come and how it is found.
std::string zsh_argument(const Option& option, const std::string& words) {
    const auto text = ":" + zsh_text(option.choices.empty() ? option.argument : "word") + ":";
    if (!words.empty()) return text + "(" + words + ")";
    if (takes_directory(option)) return text + "_files -/";
    return text + (option.takes_file() ? "_files" : " ");
}

// `'(-q --quiet)'{-q,--quiet}'[results only]'`
std::string zsh_option(const Option& option) {
    std::string name = "--" + option.long_name;
    std::string letter = option.short_name ? std::string{'-', option.short_name} : std::string();
    std::string text = "[" + zsh_text(option.help) + "]";
    const std::string once = letter.empty() ? "" : fmt::format("({} {})", letter, name);
    const bool optional = option.kind == Option::Kind::optional_value;
    if (optional || takes_next_word(option)) {
        name += optional ? "=-" : "=";
        if (!letter.empty()) letter += optional ? "-" : "+";
        text += (optional ? ":" : "") + zsh_argument(option, joined(option.choices));
    }
    const std::string prefix = option.kind == Option::Kind::list ? "*" : once;
    if (letter.empty()) return single_quoted(prefix + name + text);
    return single_quoted(prefix) + "{" + letter + "," + name + "}" + single_quoted(text);
}

std::string zsh_case(const CommandSpec& spec, const OptionSet& options, Commands commands) {
    std::string text = fmt::format("        {})\n            _arguments -s -S", spec.name);
    const auto words = operand_words(spec, commands);
    for (const auto& option : options.all()) {
        const std::string rest = option.kind == Option::Kind::operands ? "*" : "";
        text += " \\\n                ";
        text += option.is_operand() ? single_quoted(rest + zsh_argument(option, words))
                                    : zsh_option(option);
    }
    return text + " ;;\n";
}

constexpr std::string_view zsh_dispatch = R"(
    )
    local command=${words[1]:t}
    if [[ $command == nettool ]]; then
        if (( CURRENT == 2 )); then
            _describe command commands
            return
        fi
        command=${words[2]}
        shift words
        (( CURRENT-- ))
    fi
    case $command in
)";

std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string fish_line(std::string_view command, std::string_view rest) {
    return fmt::format("complete -c nettool -n \"__nettool_runs '{}'\" {}\n", command, rest);
}

std::string_view fish_files(const Option& option) {
    if (takes_directory(option)) return " -x -a '(__fish_complete_directories)'";
    return option.takes_file() ? " -r -F" : " -x";
}

std::string fish_option(const CommandSpec& spec, const Option& option) {
    auto rest = fmt::format("-l {} -d {}", option.long_name, fish_quoted(option.help));
    if (option.short_name) rest += fmt::format(" -s {}", option.short_name);
    if (takes_next_word(option)) rest += option.choices.empty() ? fish_files(option) : " -x";
    if (!option.choices.empty()) rest += " -f -a " + fish_quoted(joined(option.choices));
    return fish_line(spec.name, rest);
}

std::string fish_operand(const CommandSpec& spec, const Option& option, Commands commands) {
    const auto words = operand_words(spec, commands);
    if (!words.empty()) return fish_line(spec.name, "-f -a " + fish_quoted(words));
    if (takes_directory(option))
        return fish_line(spec.name, "-f -a '(__fish_complete_directories)'");
    return option.takes_file() ? fish_line(spec.name, "-F") : std::string();
}

constexpr std::string_view fish_head =
    R"(# fish completion for nettool; made by: nettool completion fish
function __nettool_runs
    set -l words (commandline -opc)
    set -l name (string replace -r '.*/' '' -- $words[1])
    test "$name" = nettool; and set name $words[2]
    test "$name" = "$argv[1]"
end
complete -c nettool -f
)";

}  // namespace

std::string bash_completion(Commands commands, const Declared& declared) {
    auto text = fmt::format("_nettool_commands={}\n", single_quoted(joined(names_of(commands))));
    text += bash_head;
    for (const auto* spec : commands) text += bash_case(*spec, declared(*spec), commands);
    text += bash_tail;
    return text + "complete -F _nettool nettool " + joined(links_of(commands)) + "\n";
}

std::string zsh_completion(Commands commands, const Declared& declared) {
    const auto links = joined(links_of(commands));
    auto text = fmt::format(
        "#compdef nettool {}\n# zsh completion for nettool; made by: nettool completion zsh\n"
        "_nettool() {{\n    local -a commands=(",
        links);
    for (const auto* spec : commands)
        text += "\n        " + single_quoted(fmt::format("{}:{}", spec->name, spec->summary));
    text += zsh_dispatch;
    for (const auto* spec : commands) text += zsh_case(*spec, declared(*spec), commands);
    text += "    esac\n}\n";
    // Sourced rather than found in $fpath, it has to name itself.
    return text +
           "if [[ $funcstack[1] == _nettool ]]; then\n    _nettool \"$@\"\nelse\n"
           "    compdef _nettool nettool " +
           links + "\nfi\n";
}

std::string fish_completion(Commands commands, const Declared& declared) {
    std::string text(fish_head);
    for (const auto* name : {"help", "list", "version"})
        text += fish_line("", fmt::format("-l {}", name));
    for (const auto* spec : commands)
        text += fish_line("", fmt::format("-a {} -d {}", spec->name, fish_quoted(spec->summary)));
    for (const auto* spec : commands)
        for (const auto options = declared(*spec); const auto& option : options.all())
            text += option.is_operand() ? fish_operand(*spec, option, commands)
                                        : fish_option(*spec, option);
    for (const auto& name : links_of(commands))
        text += fmt::format("complete -c {} -w 'nettool {}'\n", name, name);
    return text;
}

}  // namespace nettool::cli
