#include "manual_parts.hpp"
#include "nettool/cli/manual.hpp"

#include <cctype>

namespace nettool::cli {
namespace {

// roff takes a leading '.' for a request, '\' for an escape, and these for typographic characters.
std::string_view roff(char c) {
    switch (c) {
        case '-': return "\\-";
        case '\\': return "\\e";
        case '\'': return "\\(aq";
        case '`': return "\\(ga";
        case '^': return "\\(ha";
        case '~': return "\\(ti";
        default: return {};
    }
}

std::string roff(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '.' && (out.empty() || out.back() == '\n')) out += "\\&";
        const auto escape = roff(c);
        if (escape.empty())
            out += c;
        else
            out += escape;
    }
    return out;
}

std::string section(std::string_view title) { return ".SH " + std::string(title) + "\n"; }

// A term in bold, and what it means.
std::string entry(std::string_view term, std::string_view meaning) {
    return ".TP\n\\fB" + roff(term) + "\\fR\n" + roff(meaning) + "\n";
}

// Blank lines part paragraphs.
std::string paragraphs(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = text.find("\n\n");
        out += (out.empty() ? "" : ".PP\n") + roff(text.substr(0, end)) + "\n";
        text = end == text.npos ? std::string_view() : text.substr(end + 2);
    }
    return out;
}

std::string title(std::string_view name) {
    std::string out = "NETTOOL-";
    for (const char c : name) out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return roff(out);
}

std::string options_page(const OptionSet& options) {
    std::string out = section("OPTIONS");
    for (const auto& option : options.all())
        if (option.is_operand()) out += entry(option.argument, explained(option));
    for (const auto group : groups_of(options)) {
        std::string entries;
        for (const auto& option : options.all())
            if (option.group == group && !option.is_operand())
                entries += entry(spelled(option), explained(option));
        if (!entries.empty() && !group.empty()) out += ".SS " + std::string(group) + "\n";
        out += entries;
    }
    return out;
}

std::string results_page(const CommandSpec& spec) {
    std::string out;
    for (const auto& result : spec.results()) {
        std::string keys;
        for (const auto key : result.keys) (keys += keys.empty() ? "" : ", ").append(key);
        out += entry(result.event, keys);
    }
    return out.empty() ? out : section("JSON RESULTS") + out;
}

std::string status_page() {
    std::string out = section("EXIT STATUS");
    for (const auto& status : statuses) out += entry(status.code, status.meaning);
    return out;
}

std::string examples_page(const CommandSpec& spec) {
    std::string out = section("EXAMPLES");
    for (const auto& example : spec.examples)
        out += ".TP\n" + roff(example.purpose) + "\n\\f(CR" + roff(example.command_line) + "\\fR\n";
    return out;
}

}  // namespace

std::string man_page(const CommandSpec& spec, const OptionSet& options, std::string_view version) {
    std::string out = ".TH " + title(spec.name) + " 1 \"\" \"nettool " + std::string(version) +
                      "\" \"nettool\"\n";
    out += section("NAME") + "nettool\\-" + roff(spec.name) + " \\- " + roff(spec.summary) + "\n";
    out += section("SYNOPSIS") + roff(synopsis(spec, options)) + "\n";
    out += section("DESCRIPTION") + paragraphs(spec.details);
    out += options_page(options) + results_page(spec) + status_page() + examples_page(spec);
    return out + section("SEE ALSO") + roff("nettool help, nettool --list") + "\n";
}

}  // namespace nettool::cli
