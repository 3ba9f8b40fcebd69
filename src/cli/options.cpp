#include "nettool/cli/options.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/suggestion.hpp"
#include "option_value.hpp"

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

bool Option::may_be_empty() const { return !takes_file() && argument != "ADDR"; }

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

void refuse_operands(const std::vector<std::string>& left_over) {
    if (!left_over.empty())
        throw UsageError("unexpected operand '" + escaped(left_over.front()) + "'");
}

OptionSet& OptionSet::numbers_are_operands() {
    for (auto& option : options_)
        if (option.short_name >= '0' && option.short_name <= '9') option.short_name = '\0';
    return *this;
}

namespace {

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

    std::set<std::string> given() const {
        std::set<std::string> names;
        for (const auto* option : given_) names.insert(option->long_name);
        return names;
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

    // What Program_options would take otherwise: negative numbers are operands, an option's value
    // is the next word, whatever that looks like, but an optional one never is.
    std::vector<po::option> take(std::vector<std::string>& words) const {
        const std::string word = words.front();
        if (word.starts_with("--=")) refuse_unknown(word);
        if (word.starts_with("--") && word.ends_with('=')) return {with_empty_value(words)};
        if (is_operand(word)) return take_operands(words);
        if (is_bundle(word)) return take_bundle(words);
        const auto* option = exactly(word);
        if (!option || option->kind == Kind::flag) return {};
        if (option->kind == Kind::optional_value) {
            const auto parsed = without_value(*option, word);
            words.erase(words.begin());
            return {parsed};
        }
        if (words.size() < 2) return {};
        return {taken(words, option->long_name, 2)};
    }

    bool is_operand(const std::string& word) const {
        return !word.starts_with('-') || word == "-" || is_number(word);
    }

    // All that stand here, for taking one by one off the front would be quadratic.
    std::vector<po::option> take_operands(std::vector<std::string>& words) const {
        const auto end = std::ranges::find_if_not(
            words, [this](const std::string& word) { return is_operand(word); });
        std::vector<po::option> all;
        for (auto word = words.begin(); word != end; ++word) {
            auto& parsed = all.emplace_back();
            parsed.value = parsed.original_tokens = {*word};
        }
        words.erase(words.begin(), end);
        return all;
    }

    // The first `count` words as an option with the last as value.
    static po::option taken(std::vector<std::string>& words, const std::string& name,
                            std::ptrdiff_t count) {
        po::option parsed;
        parsed.string_key = name;
        parsed.value.push_back(words[static_cast<std::size_t>(count) - 1]);
        parsed.original_tokens.assign(words.begin(), words.begin() + count);
        words.erase(words.begin(), words.begin() + count);
        return parsed;
    }

    // `--name=`: Program_options misses a value there; an empty one is meant.
    po::option with_empty_value(std::vector<std::string>& words) const {
        const std::string word = words.front();
        const auto* option = exactly(word.substr(0, word.size() - 1));
        if (!option || option->kind == Kind::flag) refuse_unknown(word);
        words.front().clear();
        return taken(words, option->long_name, 1);
    }

    // Program_options gives an operand to an optional value that is not there; an empty one is.
    static po::option without_value(const Option& option, const std::string& word) {
        po::option parsed;
        parsed.string_key = option.long_name;
        if (option.kind == Kind::optional_value) parsed.value.emplace_back();
        parsed.original_tokens = {word};
        return parsed;
    }

    std::vector<po::option> take_bundle(std::vector<std::string>& words) const {
        const std::string names = words.front().substr(1);
        std::vector<po::option> all;
        for (const char name : names)
            all.push_back(without_value(*by_short_name(name), words.front()));
        words.erase(words.begin());
        return all;
    }

    bool is_number(const std::string& word) const {
        return word.size() > 1 && word[0] == '-' && is_ascii_digit(word[1]) &&
               !by_short_name(word[1]);
    }

    // Letters that need no value.
    bool is_bundle(const std::string& word) const {
        if (word.size() < 2 || word[0] != '-') return false;
        return std::ranges::all_of(word.substr(1), [this](char name) {
            const auto* option = by_short_name(name);
            return option && (option->kind == Kind::flag || option->kind == Kind::optional_value);
        });
    }

    const Option* by_short_name(char name) const {
        const auto it = std::ranges::find(options_, name, &Option::short_name);
        return it == options_.end() || name == '\0' ? nullptr : &*it;
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
        assign_value(option, text);
    }

    void assign_operand(const std::string& text) {
        for (const auto& option : options_) {
            if (!option.is_operand()) continue;
            if (option.kind == Kind::operand && !given_.insert(&option).second) continue;
            ++operands_;
            return assign_value(option, text);
        }
        refuse_operands({text});
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
        const auto equals = token.find('=');
        const std::string word = token.substr(0, equals);
        const auto* known = exactly(word);
        if (known && equals != token.npos)
            throw UsageError("--" + known->long_name + " takes no value");
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
    Parse parse(options_);
    parse.run(arguments);
    given_ = parse.given();
} catch (const po::invalid_command_line_syntax& error) {
    const auto name = error.get_option_name();
    const bool flag = std::ranges::any_of(options_, [&name](const Option& option) {
        return option.kind == Kind::flag && "--" + option.long_name == name;
    });
    throw UsageError(escaped(name) + (flag ? " takes no value" : " needs a value"));
} catch (const po::error&) {
    throw UsageError("the options cannot be understood");
}

}  // namespace nettool::cli
