#pragma once
// What a failed handshake says of whoever is at the other end.

#include "nettool/base/asio.hpp"

namespace nettool::net {

/// Whether what came is no TLS: a server that begins in the clear, for one.
bool is_no_tls(const error_code& ec) noexcept;

}  // namespace nettool::net
