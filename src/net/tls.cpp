#include "nettool/net/tls.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/failure.hpp"
#include "tls_certificate.hpp"
#include "tls_judge.hpp"
#include "tls_keys.hpp"

#include <boost/asio/ssl/context.hpp>
#include <openssl/evp.h>

#include <utility>

namespace nettool::net {
namespace {

using Context = asio::ssl::context;

using Key = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY, EVP_PKEY_free>>;

TlsContext new_context(const std::string& key_log_file) {
    auto context = std::make_shared<Context>(Context::tls);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    log_keys(*context, key_log_file);
    return context;
}

void add_extension(X509* certificate, int id, const char* value) {
    if (auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value)) {
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }
}

Certificate self_signed(EVP_PKEY* key) {
    constexpr long day = 24L * 60 * 60;
    Certificate certificate(X509_new());
    auto* x509 = certificate.get();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), static_cast<std::uint64_t>(time(nullptr)));
    X509_gmtime_adj(X509_getm_notBefore(x509), -day);
    X509_gmtime_adj(X509_getm_notAfter(x509), 365 * day);
    auto* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(x509, name);
    X509_set_pubkey(x509, key);
    add_extension(x509, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(x509, key, EVP_sha256());
    return certificate;
}

void use_self_signed(Context& context) {
    const Key key(EVP_EC_gen("P-256"));
    const auto certificate = self_signed(key.get());
    auto* native = context.native_handle();
    if (!key || SSL_CTX_use_certificate(native, certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(native, key.get()) != 1)
        throw Failure(Fault::local, "cannot make a self-signed certificate");
}

void use_files(Context& context, const ServerCertificate& files) {
    error_code ec;
    context.use_certificate_chain_file(files.certificate_file, ec);
    if (ec) throw Failure(Fault::local, "use the certificate " + files.certificate_file, ec);
    context.use_private_key_file(files.key_file, Context::pem, ec);
    if (ec) throw Failure(Fault::local, "use the key " + files.key_file, ec);
}

}  // namespace

ServerTls server_tls(const ServerCertificate& certificate, const std::string& key_log_file) {
    ServerTls tls;
    tls.context = new_context(key_log_file);
    if (certificate.certificate_file.empty())
        use_self_signed(*tls.context);
    else
        use_files(*tls.context, certificate);
    tls.fingerprint = fingerprint_of(SSL_CTX_get0_certificate(tls.context->native_handle()));
    return tls;
}

TlsContext client_tls(const Trust& trust, const std::string& key_log_file) {
    auto context = new_context(key_log_file);
    error_code ec;
    context->set_verify_mode(trust.verify ? asio::ssl::verify_peer : asio::ssl::verify_none, ec);
    if (!trust.verify) return context;
    judge_certificates(*context, trust);
    if (!trust.fingerprint.text.empty()) return context;
    if (trust.ca_file.empty()) {
        context->set_default_verify_paths(ec);
        if (ec) throw Failure(Fault::local, "use the system's certificates", ec);
    } else {
        context->load_verify_file(trust.ca_file, ec);
        if (ec) throw Failure(Fault::local, "use the certificates of " + trust.ca_file, ec);
    }
    return context;
}

bool parse_value(std::string_view text, Fingerprint& value) {
    constexpr std::size_t digits = 64;  // of SHA-256
    std::string bare, separated;
    for (const char c : text) {
        if (c == ':') continue;
        if (hex_value(c) < 0) return false;
        if (!bare.empty() && bare.size() % 2 == 0) separated += ':';
        bare += c;
        separated += static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
    }
    if (bare.size() != digits) return false;
    if (text != bare && !equal_ignoring_case(text, separated)) return false;
    value.text = std::move(separated);
    return true;
}

}  // namespace nettool::net
