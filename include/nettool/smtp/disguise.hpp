#pragma once
// What observers of an SMTP connection get to see: everything but what proves who somebody is.

#include "nettool/net/stream.hpp"

namespace nettool::smtp {

/// For Stream::show_as(), at this end of the connection.
net::Stream::Disguise without_secrets(net::Side side);

}  // namespace nettool::smtp
