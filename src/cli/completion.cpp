#include "nettool/cli/completion.hpp"

#include <fmt/format.h>

namespace nettool::cli {
namespace {

std::string names_of(Commands commands) {
    std::string names;
    for (const auto* spec : commands) (names += names.empty() ? "" : " ").append(spec->name);
    return names;
}

std::string words_of(const Option& option) {
    std::string words;
    for (const auto& word : option.choices) (words += words.empty() ? "" : " ") += word;
    return words;
}

bool takes_next_word(const Option& option) {
    return option.kind == Option::Kind::value || option.kind == Option::Kind::list;
}

// In single quotes, for any of the three shells.
std::string single_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) c == '\'' ? out += "'\\''" : out += c;
    return out + "'";
}

std::string bash_case(const CommandSpec& spec, const OptionSet& options) {
    std::string names, files, words;
    for (const auto& option : options.all()) {
        if (option.is_operand()) continue;
        names += " --" + option.long_name;
        if (!takes_next_word(option)) continue;
        if (!option.choices.empty())
            words += fmt::format("            --{}) words={} ;;\n", option.long_name,
                                 single_quoted(words_of(option)));
        else
            files += (files.empty() ? "--" : "|--") + option.long_name;
    }
    std::string text = fmt::format("    {})\n        options={}\n", spec.name,
                                   single_quoted(names.empty() ? names : names.substr(1)));
    text += "        case $previous in\n" + words;
    if (!files.empty()) text += "            " + files + ") words= file=1 ;;\n";
    return text + "        esac ;;\n";
}

constexpr std::string_view bash_head =
    R"(# bash completion for nettool; made by: nettool completion bash
_nettool() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local command=${COMP_WORDS[0]##*/} options= words= file=
    COMPREPLY=()
    if [[ $command == nettool ]]; then
        if (( COMP_CWORD == 1 )); then
            COMPREPLY=($(compgen -W "$_nettool_commands --help --list --version" -- "$current"))
            return
        fi
        command=${COMP_WORDS[1]}
    fi
    case $command in
)";

constexpr std::string_view bash_tail = R"(    esac
    if [[ $command == help && $current != -* ]]; then
        COMPREPLY=($(compgen -W "$_nettool_commands" -- "$current"))
    elif [[ $command == completion && $current != -* ]]; then
        COMPREPLY=($(compgen -W 'bash zsh fish' -- "$current"))
    elif [[ -n $words ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$current"))
    elif [[ -z $file && $current == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    else
        COMPREPLY=($(compgen -f -- "$current"))
    fi
}
)";

// What zsh's _arguments calls an option.
std::string zsh_option(const Option& option) {
    std::string help;
    for (const char c : option.help) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') help += '\\';
        help += c;
    }
    std::string text = "--" + option.long_name;
    if (option.kind == Option::Kind::optional_value) text += "=-";
    text = (option.kind == Option::Kind::list ? "*" : "") + text + "[" + help + "]";
    const bool valued = takes_next_word(option) || option.kind == Option::Kind::optional_value;
    if (!valued) return single_quoted(text);
    text += option.kind == Option::Kind::optional_value ? "::" : ":";
    text += option.argument.find('|') == std::string::npos ? option.argument : std::string("word");
    if (!option.choices.empty())
        text += ":(" + words_of(option) + ")";
    else
        text += option.takes_file() ? ":_files" : ": ";
    return single_quoted(text);
}

std::string zsh_case(const CommandSpec& spec, const OptionSet& options) {
    std::string text = fmt::format("        {})\n            _arguments -S", spec.name);
    for (const auto& option : options.all())
        if (!option.is_operand()) text += " \\\n                " + zsh_option(option);
    const std::string operand = spec.name == "help"         ? "*:command:($names)"
                                : spec.name == "completion" ? "1:shell:(bash zsh fish)"
                                                            : "*:operand:_files";
    return text + " \\\n                \"" + operand + "\" ;;\n";
}

std::string fish_line(std::string_view condition, std::string_view rest) {
    return fmt::format("complete -c nettool -n {} {}\n", single_quoted(condition), rest);
}

std::string fish_option(const CommandSpec& spec, const Option& option) {
    std::string rest = fmt::format("-l {} -d {}", option.long_name, single_quoted(option.help));
    if (option.short_name) rest += fmt::format(" -s {}", option.short_name);
    if (takes_next_word(option)) rest += " -r";
    if (!option.choices.empty())
        rest += " -f -a " + single_quoted(words_of(option));
    else if (option.takes_file())
        rest += " -F";
    return fish_line("__fish_seen_subcommand_from " + std::string(spec.name), rest);
}

}  // namespace

std::string bash_completion(Commands commands, const Declared& declared) {
    std::string text = fmt::format("_nettool_commands={}\n", single_quoted(names_of(commands)));
    text += bash_head;
    for (const auto* spec : commands) text += bash_case(*spec, declared(*spec));
    text += bash_tail;
    return text + "complete -F _nettool nettool " + names_of(commands) + "\n";
}

std::string zsh_completion(Commands commands, const Declared& declared) {
    std::string text = "#compdef nettool " + names_of(commands) +
                       "\n# zsh completion for nettool; made by: nettool completion zsh\n"
                       "_nettool() {\n    local -a names=(" +
                       names_of(commands) + ")\n    local -a commands=(";
    for (const auto* spec : commands)
        text += "\n        " +
                single_quoted(std::string(spec->name) + ":" + std::string(spec->summary));
    text += R"(
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
    for (const auto* spec : commands) text += zsh_case(*spec, declared(*spec));
    text += "    esac\n}\n";
    // Sourced rather than found in $fpath, it has to name itself.
    return text +
           "if [[ $funcstack[1] == _nettool ]]; then\n    _nettool \"$@\"\nelse\n"
           "    compdef _nettool nettool " +
           names_of(commands) + "\nfi\n";
}

std::string fish_completion(Commands commands, const Declared& declared) {
    std::string text = "# fish completion for nettool; made by: nettool completion fish\n";
    for (const auto* spec : commands)
        text += fish_line("__fish_use_subcommand",
                          fmt::format("-f -a {} -d {}", spec->name, single_quoted(spec->summary)));
    text +=
        fish_line("__fish_seen_subcommand_from help", "-f -a " + single_quoted(names_of(commands)));
    text += fish_line("__fish_seen_subcommand_from completion", "-f -a 'bash zsh fish'");
    for (const auto* spec : commands)
        for (const auto options = declared(*spec); const auto& option : options.all())
            if (!option.is_operand()) text += fish_option(*spec, option);
    return text;
}

}  // namespace nettool::cli
