#pragma once
// Lets requests go wrong as the rules of --inject say, before a handler answers them.

#include "nettool/http/server.hpp"
#include "nettool/proto/fault_rules.hpp"

#include <array>

namespace nettool::http {

/// What `when` may ask for: the method, the target, the Host field.
inline constexpr std::array<std::string_view, 3> fault_fields = {"method", "target", "host"};

/// `rules` outlives the handler.
Server::Handler with_faults(Server::Handler handler, proto::FaultRules& rules);

}  // namespace nettool::http
