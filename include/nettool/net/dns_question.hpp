#pragma once
// A question to the name service whose answer comes as the bytes it is, without blocking a strand.

#include "nettool/base/asio.hpp"
#include "nettool/net/endpoint.hpp"

#include <optional>
#include <string>

namespace nettool::net {

/// Types of records (RFC 1035 §3.2.2).
enum class DnsType { mx = 15 };

/// The whole answer to a question for records of the Internet class, whatever it says.  `server`:
/// a literal address; without one those of the system are asked (resolv.conf(5)).  Errors are the
/// system's, operation_aborted when cancelled.
awaitable<result<std::string>> ask_dns(std::string name, DnsType type,
                                       std::optional<Endpoint> server = std::nullopt);

}  // namespace nettool::net
