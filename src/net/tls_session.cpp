#include "nettool/net/stream.hpp"
#include "stream_state.hpp"

#include <openssl/bio.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

namespace nettool::net {
namespace {

struct FreeNames {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};

std::string text_of(const X509_NAME* name) {
    const std::unique_ptr<BIO, FreeBio> memory(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char* begin = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &begin);
    return size > 0 ? std::string(begin, static_cast<std::size_t>(size)) : std::string();
}

std::string text_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    std::array<char, 32> text;
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::vector<std::string> names_of(const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, FreeNames> names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> texts;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const auto* name = sk_GENERAL_NAME_value(names.get(), i);
        const auto* bytes = name->type == GEN_DNS ? name->d.dNSName : nullptr;
        if (name->type == GEN_IPADD) bytes = name->d.iPAddress;
        if (!bytes) continue;
        const auto* const data = ASN1_STRING_get0_data(bytes);
        const auto size = static_cast<std::size_t>(ASN1_STRING_length(bytes));
        constexpr std::size_t v4 = 4, v6 = 16;
        if (name->type == GEN_DNS) {
            texts.emplace_back(reinterpret_cast<const char*>(data), size);
        } else if (size == v4) {
            asio::ip::address_v4::bytes_type address;
            std::copy_n(data, v4, address.begin());
            texts.push_back(asio::ip::address_v4(address).to_string());
        } else if (size == v6) {
            asio::ip::address_v6::bytes_type address;
            std::copy_n(data, v6, address.begin());
            texts.push_back(asio::ip::address_v6(address).to_string());
        }
    }
    return texts;
}

}  // namespace

std::optional<TlsSession> Stream::tls_session() const {
    auto* const tls = state_->tls();
    if (!tls) return std::nullopt;
    auto* const ssl = tls->native_handle();
    TlsSession session;
    session.version = SSL_get_version(ssl);
    session.cipher = SSL_get_cipher_name(ssl);
    session.verified =
        SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE && SSL_get_verify_result(ssl) == X509_V_OK;
    const std::unique_ptr<X509, FreeCertificate> certificate(SSL_get1_peer_certificate(ssl));
    if (!certificate) return session;
    session.subject = text_of(X509_get_subject_name(certificate.get()));
    session.issuer = text_of(X509_get_issuer_name(certificate.get()));
    session.names = names_of(certificate.get());
    session.not_before = text_of(X509_get0_notBefore(certificate.get()));
    session.not_after = text_of(X509_get0_notAfter(certificate.get()));
    return session;
}

}  // namespace nettool::net
