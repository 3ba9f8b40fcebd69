#include "nettool/cli/manual.hpp"

#include "manual_parts.hpp"

#include <algorithm>
#include <utility>

namespace nettool::cli {
namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t option_column = 30;
constexpr std::size_t name_column = 18;

// How much of `text` fits into `room`, ending with a word; a longer word stands out.
std::size_t fitting(std::string_view text, std::size_t room) {
    if (text.size() <= room) return text.size();
    const auto blank = text.rfind(' ', room);
    const bool begins_blank = blank == text.npos || blank == 0;
    return begins_blank ? std::min(text.find(' ', 1), text.size()) : blank;
}

// `text` behind `left`, which fills the line up to `column` or has one to itself.
std::string two_columns(std::string left, std::string_view text, std::size_t column) {
    std::string out;
    if (left.size() + 2 > column) {
        out = left + "\n";
        left.clear();
    }
    if (text.empty()) return out.empty() ? left + "\n" : out;
    while (!text.empty()) {
        left.resize(column, ' ');
        const auto size = fitting(text, line_width - column);
        (out += left).append(text.substr(0, size)) += '\n';
        text.remove_prefix(std::min(size + 1, text.size()));
        left.clear();
    }
    return out;
}

std::string wrapped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto size = fitting(text, line_width);
        out.append(text.substr(0, size)) += '\n';
        text.remove_prefix(std::min(size + 1, text.size()));
    }
    return out;
}

// Filled anew, as the source breaks its lines where it likes; an indented line stays as it is.
std::string paragraphs(std::string_view text) {
    std::string out, paragraph;
    while (!text.empty()) {
        const auto size = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, size);
        text.remove_prefix(std::min(size + 1, text.size()));
        const bool apart = line.empty() || line.starts_with(' ');
        if (apart) (out += wrapped(std::exchange(paragraph, {}))).append(line) += '\n';
        if (!apart) (paragraph += paragraph.empty() ? "" : " ") += line;
    }
    return out + wrapped(paragraph);
}

std::string section(std::string_view title) { return "\n" + std::string(title) + ":\n"; }

std::string options_text(const OptionSet& options) {
    std::string out;
    for (const auto group : groups_of(options)) {
        bool begun = false;
        for (const auto& option : options.all()) {
            if (option.group != group || option.is_operand()) continue;
            if (!std::exchange(begun, true)) out += section(group.empty() ? "Options" : group);
            const std::string left = "  " + spelled(option);
            out += two_columns(left, explained(option), option_column);
        }
    }
    return out;
}

std::string operands_text(const OptionSet& options) {
    std::string out;
    for (const auto& option : options.all()) {
        if (!option.is_operand()) continue;
        if (out.empty()) out = section("Operands");
        out += two_columns("  " + option.argument, explained(option), option_column);
    }
    return out;
}

std::string results_text(const CommandSpec& spec) {
    std::string out;
    for (const auto& result : spec.results()) {
        if (out.empty()) out = section("Results with --json");
        std::string keys;
        for (const auto key : result.keys) (keys += keys.empty() ? "" : ", ").append(key);
        out += two_columns("  " + std::string(result.event), keys, option_column);
    }
    return out;
}

std::string examples_text(const CommandSpec& spec) {
    std::string out;
    for (const auto& example : spec.examples) {
        if (out.empty()) out = section("Examples");
        out.append("  $ ").append(example.command_line) += '\n';
        out.append("    ").append(example.purpose) += '\n';
    }
    return out;
}

}  // namespace

std::string spelled(const Option& option) {
    std::string text =
        option.short_name ? std::string{'-', option.short_name, ',', ' '} : std::string();
    text += "--" + option.long_name;
    if (option.argument.empty()) return text;
    return option.kind == Option::Kind::optional_value ? text + "[=" + option.argument + "]"
                                                       : text + " " + option.argument;
}

std::string explained(const Option& option) {
    std::string text = option.help;
    if (!option.default_text.empty()) text += " (default " + option.default_text + ")";
    if (option.kind == Option::Kind::list) text += " (may be repeated)";
    return text;
}

std::vector<std::string_view> groups_of(const OptionSet& options) {
    std::vector<std::string_view> groups;
    for (const auto& option : options.all())
        if (std::ranges::find(groups, option.group) == groups.end()) groups.push_back(option.group);
    return groups;
}

std::string synopsis(const CommandSpec& spec, const OptionSet& options) {
    std::string text = "nettool " + std::string(spec.name) + " [OPTIONS]";
    for (const auto& option : options.all()) {
        if (option.kind == Option::Kind::operand) text += " " + option.argument;
        if (option.kind != Option::Kind::operands) continue;
        text +=
            option.minimum > 0 ? " " + option.argument + "..." : " [" + option.argument + "...]";
    }
    return text;
}

std::string help_text(const CommandSpec& spec, const OptionSet& options) {
    std::string out = "usage: " + synopsis(spec, options) + "\n\n";
    out += paragraphs(spec.details);
    out += operands_text(options) + options_text(options) + results_text(spec);
    return out + examples_text(spec);
}

std::string overview(std::span<const CommandSpec* const> commands) {
    std::string out =
        "nettool, the network laboratory in one file\n\n"
        "usage: nettool COMMAND [OPTIONS] [OPERANDS]\n";
    std::string_view group;
    for (const auto* spec : commands) {
        if (spec->group != group) out += section(group = spec->group);
        out += two_columns("  " + std::string(spec->name), spec->summary, name_column);
    }
    return out +
           "\n'nettool help COMMAND' or 'nettool COMMAND --help' explains one,\n"
           "'nettool --list' names all, 'nettool --version' says which.\n";
}

}  // namespace nettool::cli
