#pragma once
// Bytes both ways between a client and a server, whatever they mean.

#include "nettool/net/input.hpp"
#include "nettool/proxy/service.hpp"

namespace nettool::proxy {

/// With what it has said already and nobody has taken.
struct TunnelEnd {
    net::Stream& stream;
    net::Input& input;
};

/// Until both have finished, one of them breaks off or both are silent for Limits::quiet.  The end
/// of what one says is passed on as that (RFC 9110 §9.3.6), a reset as a reset.
awaitable<void> carry_both_ways(const Service& service, Lane& lane, TunnelEnd client,
                                TunnelEnd server, Transaction& transaction);

}  // namespace nettool::proxy
