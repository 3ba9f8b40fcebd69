#include "option_value.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>

namespace nettool::cli {

void assign_value(const Option& option, const std::string& text) {
    const bool acceptable = !text.empty() || option.may_be_empty();
    if (acceptable && option.assign(text)) return;
    std::string message = (option.is_operand() ? "" : "--") + option.long_name + ": bad value '" +
                          escaped(text) + "'";
    if (!option.expected.empty()) message += " (" + option.expected + ")";
    throw UsageError(message);
}

void OptionSet::set_unless_given(const std::string& long_name, const std::string& value) const {
    const auto option = std::ranges::find_if(options_, [&long_name](const Option& one) {
        return !one.is_operand() && one.long_name == long_name;
    });
    if (option == options_.end()) throw UsageError("unknown option '" + escaped(long_name) + "'");
    if (given_.contains(long_name)) return;
    if (option->kind != Option::Kind::flag) return assign_value(*option, value);
    if (value != "yes" && value != "no")
        throw UsageError(long_name + ": bad value '" + escaped(value) + "' (yes or no)");
    if (value == "yes") option->assign({});
}

}  // namespace nettool::cli
