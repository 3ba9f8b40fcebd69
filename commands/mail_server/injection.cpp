#include "injection.hpp"

#include "nettool/cli/options.hpp"
#include "nettool/smtp/server_session.hpp"

#include <utility>

namespace nettool::commands {
namespace {

// What is positive would promise what does not happen.
void check(const proto::FaultAction& action) {
    const bool refuses = action.status / 100 == 4 || action.status / 100 == 5;
    if (action.kind == proto::FaultAction::Kind::reply && !refuses)
        throw cli::UsageError("--inject: bad code '" + std::to_string(action.status) +
                              "' (from 400 to 599)");
}

}  // namespace

void add_rules(proto::FaultRules& rules, const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
        auto parsed = proto::parse_fault_rule(text, smtp::fault_fields);
        if (!parsed.rule) throw cli::UsageError("--inject: " + parsed.error);
        for (const auto& action : parsed.rule->actions) check(action);
        rules.add(*std::move(parsed.rule));
    }
}

}  // namespace nettool::commands
