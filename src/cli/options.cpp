#include "nettool/cli/options.hpp"

#include "nettool/base/text.hpp"
#include "nettool/cli/suggestion.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <set>

namespace nettool::cli {

namespace po = boost::program_options;
using Kind = Option::Kind;

bool Option::takes_file() const {
    return argument == "FILE" || argument == "DIR" || argument == "PATH";
}

OptionSet& OptionSet::group(std::string_view title) {
    group_ = title;
    return *this;
}

Option& OptionSet::record(Kind kind, std::string_view names, std::string_view argument,
                          std::string_view help, std::function<bool(std::string_view)> assign) {
    const bool operand = kind == Kind::operand || kind == Kind::operands;
    const auto comma = operand ? names.npos : names.find(',');
    const char short_name = comma == names.npos ? '\0' : names.at(comma + 1);
    options_.push_back({kind,
                        std::string(names.substr(0, comma)),
                        short_name,
                        std::string(argument),
                        std::string(help),
                        {},
                        group_,
                        {},
                        {},
                        0,
                        std::move(assign)});
    return options_.back();
}

OptionSet& OptionSet::list(std::string_view names, std::vector<std::string>& target,
                           std::string_view argument, std::string_view help) {
    record(Kind::list, names, argument, help, [&target](std::string_view text) {
        target.emplace_back(text);
        return true;
    });
    return *this;
}

OptionSet& OptionSet::flag(std::string_view names, bool& target, std::string_view help) {
    record(Kind::flag, names, "", help, [&target](std::string_view) { return target = true; });
    return *this;
}

OptionSet& OptionSet::operands(std::string_view name, std::vector<std::string>& target,
                               std::string_view help, std::size_t minimum) {
    record(Kind::operands, name, name, help, [&target](std::string_view text) {
        target.emplace_back(text);
        return true;
    }).minimum = minimum;
    return *this;
}

OptionSet& OptionSet::numbers_are_operands() {
    for (auto& option : options_)
        if (option.short_name >= '0' && option.short_name <= '9') option.short_name = '\0';
    return *this;
}

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One parse: Program_options takes the words apart, this judges them.
class Parse {
public:
    explicit Parse(const std::vector<Option>& options) : options_(options) {}

    void run(const std::vector<std::string>& arguments) {
        const auto description = describe();
        constexpr int style =
            po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        po::command_line_parser parser(arguments);
        parser.options(description).style(style).allow_unregistered();
        parser.extra_style_parser([this](std::vector<std::string>& words) { return take(words); });
        for (const auto& parsed : parser.run().options) judge(parsed);
        for (const auto& option : options_) check_operand(option);
    }

private:
    po::options_description describe() const {
        po::options_description description;
        for (const auto& option : options_) {
            if (option.is_operand()) continue;
            auto* semantic = po::value<std::string>();
            if (option.kind == Kind::flag) semantic->zero_tokens();
            if (option.kind == Kind::optional_value) semantic->implicit_value("");
            std::string names = option.long_name;
            if (option.short_name) names.append(",").push_back(option.short_name);
            description.add_options()(names.c_str(), semantic);
        }
        return description;
    }

    // What Program_options would take otherwise: negative numbers are operands, and an option's
    // value is the next word, whatever that looks like.
    std::vector<po::option> take(std::vector<std::string>& words) const {
        const std::string word = words.front();
        const auto* option = exactly(word);
        std::vector<po::option> taken;
        const bool negative = word.size() > 1 && word[0] == '-' && is_digit(word[1]);
        const bool number = negative && !by_short_name(word[1]);
        const bool valued = option && (option->kind == Kind::value || option->kind == Kind::list);
        if (!number && !(valued && words.size() > 1)) return taken;
        auto& parsed = taken.emplace_back();
        if (!number) parsed.string_key = option->long_name;
        parsed.value.push_back(number ? word : words[1]);
        parsed.original_tokens.assign(words.begin(), words.begin() + (number ? 1 : 2));
        words.erase(words.begin(), words.begin() + (number ? 1 : 2));
        return taken;
    }

    const Option* by_short_name(char name) const {
        const auto it = std::ranges::find(options_, name, &Option::short_name);
        return it == options_.end() ? nullptr : &*it;
    }

    const Option* by_long_name(std::string_view name) const {
        const auto it = std::ranges::find_if(options_, [name](const Option& option) {
            return !option.is_operand() && option.long_name == name;
        });
        return it == options_.end() ? nullptr : &*it;
    }

    const Option* exactly(std::string_view word) const {
        if (word.starts_with("--")) return by_long_name(word.substr(2));
        return word.size() == 2 && word[0] == '-' ? by_short_name(word[1]) : nullptr;
    }

    void judge(const po::option& parsed) {
        if (parsed.unregistered) refuse_unknown(parsed.original_tokens.front());
        const auto text = parsed.value.empty() ? std::string() : parsed.value.front();
        if (parsed.string_key.empty()) return assign_operand(text);
        const auto& option = *by_long_name(parsed.string_key);
        const bool once = option.kind == Kind::value || option.kind == Kind::optional_value;
        if (!given_.insert(&option).second && once)
            throw UsageError("--" + option.long_name + " given twice");
        assign(option, text);
    }

    static void assign(const Option& option, const std::string& text) {
        if (option.assign(text)) return;
        std::string message = (option.is_operand() ? "" : "--") + option.long_name +
                              ": bad value '" + escaped(text) + "'";
        if (!option.expected.empty()) message += " (" + option.expected + ")";
        throw UsageError(message);
    }

    void assign_operand(const std::string& text) {
        for (const auto& option : options_) {
            if (!option.is_operand()) continue;
            if (option.kind == Kind::operand && !given_.insert(&option).second) continue;
            ++operands_;
            return assign(option, text);
        }
        throw UsageError("unexpected operand '" + escaped(text) + "'");
    }

    void check_operand(const Option& option) const {
        const bool missing = option.kind == Kind::operand
                                 ? !given_.contains(&option)
                                 : option.kind == Kind::operands && operands_ < option.minimum;
        // Somebody who asks for help has not got that far.
        const bool wants_help = given_.contains(by_long_name("help"));
        if (missing && !wants_help) throw UsageError("missing operand " + option.argument);
    }

    [[noreturn]] void refuse_unknown(const std::string& token) const {
        const std::string word = token.substr(0, token.find('='));
        std::vector<std::string> names;
        for (const auto& option : options_)
            if (!option.is_operand()) names.push_back("--" + option.long_name);
        const std::vector<std::string_view> candidates(names.begin(), names.end());
        const auto near = word.starts_with("--") ? nearest(word, candidates) : std::string();
        throw UsageError("unknown option '" + escaped(word) + "'" +
                         (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }

    const std::vector<Option>& options_;
    std::set<const Option*> given_;
    std::size_t operands_ = 0;
};

}  // namespace

void OptionSet::parse(const std::vector<std::string>& arguments) const try {
    Parse(options_).run(arguments);
} catch (const po::invalid_command_line_syntax& error) {
    const bool extra = error.kind() == po::invalid_syntax::extra_parameter;
    throw UsageError(error.get_option_name() + (extra ? " takes no value" : " needs a value"));
} catch (const po::error& error) {
    throw UsageError(escaped(error.what()));
}

}  // namespace nettool::cli
