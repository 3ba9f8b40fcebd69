#include "nettool/net/stream.hpp"
#include "stream_state.hpp"
#include "tls_certificate.hpp"
#include "tls_judge.hpp"
#include "tls_keys.hpp"

namespace nettool::net {

std::optional<TlsSession> Stream::tls_session() const {
    auto* const tls = state_->tls();
    if (!tls) return std::nullopt;
    auto* const ssl = tls->native_handle();
    TlsSession session;
    session.version = SSL_get_version(ssl);
    session.cipher = SSL_get_cipher_name(ssl);
    session.verified =
        SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE && SSL_get_verify_result(ssl) == X509_V_OK;
    const Certificate certificate(SSL_get1_peer_certificate(ssl));
    if (!certificate) return session;
    session.subject = text_of(X509_get_subject_name(certificate.get()));
    session.issuer = text_of(X509_get_issuer_name(certificate.get()));
    session.names = names_of(certificate.get());
    session.not_before = text_of(X509_get0_notBefore(certificate.get()));
    session.not_after = text_of(X509_get0_notAfter(certificate.get()));
    return session;
}

std::optional<CertificateRefusal> Stream::refusal() const {
    auto* const tls = state_->tls();
    return tls ? refusal_of(tls->native_handle()) : std::nullopt;
}

bool has_unread(SSL* session) {
    return SSL_pending(session) > 0 || BIO_ctrl_pending(SSL_get_rbio(session)) > 0;
}

}  // namespace nettool::net
