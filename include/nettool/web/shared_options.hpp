#pragma once
// What servers make of options that several of them have: users and passwords, faults on purpose.

#include "nettool/http/credentials.hpp"
#include "nettool/proto/fault_rules.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::web {

/// Null where nobody is named.  `option`: what the users come from, for the message.  Throws
/// UsageError, and Failure (local) for the file.
std::shared_ptr<const http::Credentials> credentials(const std::string& option,
                                                     const std::vector<std::string>& users,
                                                     const std::string& file);

/// `fields`: what `when` may ask for.  Throws UsageError for a text that is no rule.
void add_fault_rules(proto::FaultRules& rules, const std::vector<std::string>& texts,
                     std::span<const std::string_view> fields);

}  // namespace nettool::web
