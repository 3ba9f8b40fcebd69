#pragma once
// Connections to servers: made here, directly or through another proxy, and why there is none.

#include "nettool/proxy/service.hpp"

#include <memory>
#include <optional>
#include <string>

namespace nettool::proxy {

struct Connected {
    std::unique_ptr<http::Connection> connection;
    std::optional<Refused> refused;
};

/// Looks up the name, judges the addresses, connects to the fastest of them, and shakes hands
/// where the destination is https.  Notes the times and the server in the transaction.
awaitable<Connected> connect(const Service& service, Lane& lane, const Destination& to,
                             Transaction& transaction);

/// What connections are kept under that may serve any request to this destination.
std::string place_of(const Service& service, const Destination& to);

/// From those who look at what a connection carries.
void hide_secrets(net::Stream& stream);

/// For the other proxy; empty: it wants none.
std::string upstream_credentials(const Service& service);

}  // namespace nettool::proxy
