#pragma once
// A request that has ended as an entry of an HTTP Archive 1.2, which browsers and others can show.

#include "nettool/proxy/transaction.hpp"

#include <string>
#include <string_view>

namespace nettool::proxy {

/// An archive is har_begin(), entries with `,` between them, and har_end.
std::string har_begin();
inline constexpr std::string_view har_end = "\n]}}\n";

/// One line of JSON.  Its heads and sizes are those between the client and the proxy, its times
/// also tell of the other leg.
std::string har_entry(const Transaction& transaction);

}  // namespace nettool::proxy
