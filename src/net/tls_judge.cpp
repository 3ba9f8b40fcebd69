#include "tls_judge.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "tls_certificate.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/ssl.h>

#include <string_view>
#include <vector>

namespace nettool::net {
namespace {

constexpr std::size_t max_shown_bytes = 200;
constexpr std::size_t max_shown_names = 5;
constexpr std::size_t max_findings = 4;

// What was found out about the chain of one connection.
struct Findings {
    struct Finding {
        int error;
        std::string words;
    };

    CertificateRefusal refusal;
    std::vector<Finding> all;
    bool ends_handshake = true;
};

// Context and connection own these through OpenSSL's ex_data; Asio owns app_data.
void free_trust(void*, void* trust, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<Trust*>(trust);
}

void free_findings(void*, void* findings, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<Findings*>(findings);
}

int trust_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_trust);
    return index;
}

int findings_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, &free_findings);
    return index;
}

SSL* connection_of(X509_STORE_CTX* chain) {
    return static_cast<SSL*>(
        X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
}

Findings* findings_of(const SSL* connection) {
    return static_cast<Findings*>(SSL_get_ex_data(connection, findings_index()));
}

Findings& make_findings(SSL* connection) {
    if (!findings_of(connection)) SSL_set_ex_data(connection, findings_index(), new Findings);
    return *findings_of(connection);
}

std::string shown(std::string_view text) {
    if (text.size() <= max_shown_bytes) return escaped(text);
    return escaped(text.substr(0, max_shown_bytes)) + "…";
}

std::string subject_of(const X509* certificate) {
    return shown(text_of(X509_get_subject_name(certificate)));
}

std::string issuer_of(const X509* certificate) {
    return shown(text_of(X509_get_issuer_name(certificate)));
}

std::string expected_host(X509_STORE_CTX* chain) {
    auto* const wanted = X509_STORE_CTX_get0_param(chain);
    if (const char* host = X509_VERIFY_PARAM_get0_host(wanted, 0)) return shown(host);
    char* const address = X509_VERIFY_PARAM_get1_ip_asc(wanted);
    std::string text = address ? ascii_lowered(address) : "it";
    OPENSSL_free(address);
    error_code ec;  // OpenSSL writes 0:0:0:0:0:0:0:1
    const auto parsed = asio::ip::make_address(text, ec);
    return ec ? text : parsed.to_string();
}

std::string names_shown(const X509* certificate) {
    const auto names = names_of(certificate);
    if (names.empty()) return subject_of(certificate);  // which OpenSSL looks at then
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < max_shown_names; ++i)
        append_joined(text, ", ", shown(names[i]));
    if (names.size() > max_shown_names)
        text += " and " + std::to_string(names.size() - max_shown_names) + " more";
    return text;
}

bool is_about_authorities(int error) {
    switch (error) {
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_CERT_UNTRUSTED: return true;
        default: return false;
    }
}

// OpenSSL's sentence, beginning as ours do.
std::string words_of(int error) {
    std::string words = X509_verify_cert_error_string(error);
    const bool is_word = words.size() > 1 && ascii_lower(words[1]) == words[1];
    if (is_word) words[0] = ascii_lower(words[0]);
    return words;
}

std::string words_of(int error, X509_STORE_CTX* chain) {
    const auto* certificate = X509_STORE_CTX_get_current_cert(chain);
    if (!certificate) return words_of(error);
    const bool own = X509_STORE_CTX_get_error_depth(chain) == 0;
    const auto whose = own ? std::string("it") : "its authority " + subject_of(certificate);
    switch (error) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return whose + " expired at " + text_of(X509_get0_notAfter(certificate));
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return whose + " is not valid before " + text_of(X509_get0_notBefore(certificate));
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "it is for " + names_shown(certificate) + ", not for " + expected_host(chain);
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "it is self-signed";
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return "the authority " + subject_of(certificate) + " behind it is unknown";
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
            if (own) return "its issuer " + issuer_of(certificate) + " is unknown";
            return "the authority " + issuer_of(certificate) + " behind it is unknown";
        default: return own ? words_of(error) : words_of(error) + " (" + whose + ")";
    }
}

// Goes on after each trouble, so that the user hears of all of them at once.
int note_trouble(int good, X509_STORE_CTX* chain) {
    if (good == 1) return 1;
    auto& findings = *findings_of(connection_of(chain));
    const int error = X509_STORE_CTX_get_error(chain);
    // What follows from an issuer that is unknown already.
    if (error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE && !findings.all.empty()) return 1;
    if (findings.all.size() < max_findings) findings.all.push_back({error, words_of(error, chain)});
    findings.refusal.wants_an_authority &= is_about_authorities(error);
    return 1;
}

void compare_fingerprint(Findings& findings, const Fingerprint& wanted) {
    if (findings.refusal.fingerprint == wanted.text) return;
    findings.refusal.wants_an_authority = false;
    findings.all.push_back(
        {X509_V_ERR_CERT_UNTRUSTED, "its SHA-256 fingerprint is not the one that was given"});
}

void follow_chain(X509_STORE_CTX* chain, Findings& findings) {
    X509_STORE_CTX_set_verify_cb(chain, &note_trouble);
    if (X509_verify_cert(chain) == 1 || !findings.all.empty()) return;
    const int error = X509_STORE_CTX_get_error(chain);
    findings.refusal.wants_an_authority = false;
    findings.all.push_back({error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error, words_of(error)});
}

int judge(X509_STORE_CTX* chain, void*) {
    auto* const connection = connection_of(chain);
    const auto& trust =
        *static_cast<Trust*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), trust_index()));
    auto& findings = make_findings(connection);
    findings.all.clear();
    findings.refusal = {};
    findings.refusal.fingerprint = fingerprint_of(X509_STORE_CTX_get0_cert(chain));
    if (trust.fingerprint.text.empty())
        follow_chain(chain, findings);
    else
        compare_fingerprint(findings, trust.fingerprint);
    for (const auto& finding : findings.all)
        append_joined(findings.refusal.reason, " and ", finding.words);
    const bool good = findings.all.empty();
    X509_STORE_CTX_set_error(chain, good ? X509_V_OK : findings.all.front().error);
    return good || !findings.ends_handshake ? 1 : 0;
}

}  // namespace

void judge_certificates(asio::ssl::context& context, const Trust& trust) {
    auto* const native = context.native_handle();
    SSL_CTX_set_ex_data(native, trust_index(), new Trust(trust));
    SSL_CTX_set_cert_verify_callback(native, &judge, nullptr);
    // An authority that is named is believed, also one that is not the last of its chain.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(native), X509_V_FLAG_PARTIAL_CHAIN);
}

// SNI is for names only, and without the dot of the root (RFC 6066, section 3).
bool expect_host(SSL* connection, std::string host) {
    error_code not_literal;
    const auto address = asio::ip::make_address(host, not_literal);
    auto* const wanted = SSL_get0_param(connection);
    if (!not_literal && address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        return X509_VERIFY_PARAM_set1_ip(wanted, bytes.data(), bytes.size()) == 1;
    }
    if (!not_literal) {
        const auto bytes = address.to_v6().to_bytes();  // without its zone
        return X509_VERIFY_PARAM_set1_ip(wanted, bytes.data(), bytes.size()) == 1;
    }
    if (host.ends_with('.')) host.pop_back();
    SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);  // RFC 9525, section 6.3
    return SSL_set_tlsext_host_name(connection, host.c_str()) == 1 &&
           SSL_set1_host(connection, host.c_str()) == 1;
}

void only_note_doubts(SSL* connection) { make_findings(connection).ends_handshake = false; }

std::optional<CertificateRefusal> refusal_of(const SSL* connection) {
    const auto* findings = findings_of(connection);
    if (!findings || findings->all.empty()) return std::nullopt;
    return findings->refusal;
}

}  // namespace nettool::net
