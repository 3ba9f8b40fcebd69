#pragma once
// What those who look on see of an SMTP connection, in place of its secrets.

#include "nettool/net/stream.hpp"

namespace nettool::smtp {

/// For the end of this side.
net::Stream::Disguise without_secrets(net::Side side);

}  // namespace nettool::smtp
