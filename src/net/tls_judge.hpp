#pragma once
// Judges the certificates that servers show, and says all that is wrong with one.

#include "nettool/net/tls.hpp"

#include <boost/asio/ssl/context.hpp>

#include <optional>
#include <string>

namespace nettool::net {

/// From now on the context's connections are judged by `trust`, of which it keeps a copy.
void judge_certificates(asio::ssl::context& context, const Trust& trust);

/// Whom this connection is to lead to: for SNI, and for what is in the certificate.
[[nodiscard]] bool expect_host(SSL* connection, std::string host);

/// What is wrong with this connection's certificate does not end the handshake.
void only_note_doubts(SSL* connection);

std::optional<CertificateRefusal> refusal_of(const SSL* connection);

}  // namespace nettool::net
