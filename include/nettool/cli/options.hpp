#pragma once
// Options are declared once, next to the variable they set; parsing, --help, man pages and shell
// completion are all read from that declaration.

#include "nettool/cli/values.hpp"

#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nettool::cli {

/// The command line is wrong; the runner prints what() and returns ExitCode::usage.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws UsageError for the first of the operands that nobody has taken, if there is one.
void refuse_operands(const std::vector<std::string>& left_over);

struct Option {
    enum class Kind { value, list, flag, optional_value, operand, operands };

    Kind kind;
    std::string long_name;  // of an operand: its name
    char short_name;        // '\0': none
    std::string argument;
    std::string help;
    std::string default_text;
    std::string group;                 // heading in the manual
    std::vector<std::string> choices;  // the only words it takes, if any
    std::string expected;              // what a value is, for the message about a bad one
    std::size_t minimum;               // of operands
    std::function<bool(std::string_view)> assign;

    bool is_operand() const { return kind == Kind::operand || kind == Kind::operands; }
    bool takes_file() const;
    /// An empty file name or address is a mistake, such as a variable that is not set.
    bool may_be_empty() const;
};

class OptionSet {
public:
    /// Options declared from now on are listed under this heading.
    OptionSet& group(std::string_view title);

    /// `names` is "long" or "long,s"; the target's present value is the documented default.
    template <class T>
    OptionSet& value(std::string_view names, T& target, std::string_view argument,
                     std::string_view help) {
        auto& option = record(Option::Kind::value, names, argument, help, setter(target));
        option.default_text = to_string(target);
        option.expected = expected_value(target);
        return *this;
    }

    /// May be given any number of times.
    OptionSet& list(std::string_view names, std::vector<std::string>& target,
                    std::string_view argument, std::string_view help);

    OptionSet& flag(std::string_view names, bool& target, std::string_view help);

    template <class E>
    using Choices = std::initializer_list<std::pair<std::string_view, E>>;

    template <class E>
    OptionSet& choice(std::string_view names, E& target, Choices<E> choices,
                      std::string_view help) {
        auto& option = record_choice(Option::Kind::value, names, help, choices, target);
        for (const auto& [name, value] : choices)
            if (value == target) option.default_text = name;
        return *this;
    }

    /// `--trace` means `implied`; another word only behind `=`.
    template <class E>
    OptionSet& optional_choice(std::string_view names, std::optional<E>& target, E implied,
                               Choices<E> choices, std::string_view help) {
        auto& option = record_choice(Option::Kind::optional_value, names, help, choices, target);
        option.assign = [&target, implied,
                         named = std::move(option.assign)](std::string_view word) {
            if (!word.empty()) return named(word);
            target = implied;
            return true;
        };
        return *this;
    }

    /// A required operand, in the order of declaration.
    template <class T>
    OptionSet& operand(std::string_view name, T& target, std::string_view help) {
        record(Option::Kind::operand, name, name, help, setter(target)).expected =
            expected_value(target);
        return *this;
    }

    /// All further operands; declared last.
    OptionSet& operands(std::string_view name, std::vector<std::string>& target,
                        std::string_view help, std::size_t minimum = 0);

    /// `-4` is an operand although an option is called so.
    OptionSet& numbers_are_operands();

    /// Sets the targets; throws UsageError.
    void parse(const std::vector<std::string>& arguments) const;

    /// After parse(): the same from another place, such as a file, for options that have not been
    /// given; a flag takes yes or no.  Throws UsageError.
    void set_unless_given(const std::string& long_name, const std::string& value) const;

    const std::vector<Option>& all() const noexcept { return options_; }

private:
    template <class T>
    static auto setter(T& target) {
        return [&target](std::string_view text) { return parse_value(text, target); };
    }

    Option& record(Option::Kind kind, std::string_view names, std::string_view argument,
                   std::string_view help, std::function<bool(std::string_view)> assign);

    template <class E, class T>
    Option& record_choice(Option::Kind kind, std::string_view names, std::string_view help,
                          Choices<E> choices, T& target) {
        std::vector<std::pair<std::string, E>> words(choices.begin(), choices.end());
        auto& option = record(kind, names, "", help, [&target, words](std::string_view word) {
            for (const auto& [name, value] : words)
                if (name == word) return target = value, true;
            return false;
        });
        for (const auto& [name, value] : words) {
            option.choices.push_back(name);
            option.argument += (option.argument.empty() ? "" : "|") + name;
            option.expected += (option.expected.empty() ? "one of " : ", ") + name;
        }
        return option;
    }

    std::vector<Option> options_;
    std::string group_;
    mutable std::set<std::string> given_;  // by parse()
};

}  // namespace nettool::cli
