// Any text is a rule with at least one action, or an error that says why not.

#include "nettool/proto/fault_rules.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t longest =
        200;  // expressions are the operator's: big ones are his trouble
    if (size > longest) return 0;
    constexpr std::string_view fields[] = {"host"};
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto parsed = nettool::proto::parse_fault_rule(text, fields);
    if (parsed.rule.has_value() != parsed.error.empty()) std::abort();
    if (parsed.rule && parsed.rule->actions.empty()) std::abort();
    return 0;
}
