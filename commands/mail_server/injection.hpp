#pragma once
// The rules of --inject, as a mail server can follow them.

#include "nettool/proto/fault_rules.hpp"

#include <string>
#include <vector>

namespace nettool::commands {

/// Throws UsageError for one that is none.
void add_rules(proto::FaultRules& rules, const std::vector<std::string>& texts);

}  // namespace nettool::commands
