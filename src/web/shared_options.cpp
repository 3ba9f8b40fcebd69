#include "nettool/web/shared_options.hpp"

#include "nettool/cli/options.hpp"

namespace nettool::web {

std::shared_ptr<const http::Credentials> credentials(const std::string& option,
                                                     const std::vector<std::string>& users,
                                                     const std::string& file) {
    auto known = std::make_shared<http::Credentials>();
    for (const auto& user : users)
        if (!known->add(user)) throw cli::UsageError("--" + option + ": not USER:PASSWORD");
    if (!file.empty()) known->add_file(file);
    if (known->empty()) return nullptr;
    return known;
}

void add_fault_rules(proto::FaultRules& rules, const std::vector<std::string>& texts,
                     std::span<const std::string_view> fields) {
    for (const auto& text : texts) {
        auto parsed = proto::parse_fault_rule(text, fields);
        if (!parsed.rule) throw cli::UsageError("--inject: " + parsed.error);
        rules.add(*std::move(parsed.rule));
    }
}

}  // namespace nettool::web
