#pragma once
// TLS contexts for servers and clients; nothing of OpenSSL is touched before one is made.

#include "nettool/base/asio.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio::ssl {
class context;
}

namespace nettool::net {

using TlsContext = std::shared_ptr<asio::ssl::context>;

struct ServerCertificate {
    std::string certificate_file;  // PEM chain; both empty: a self-signed pair made on the fly
    std::string key_file;
};

struct ServerTls {
    TlsContext context;
    std::string fingerprint;  // SHA-256 of the certificate, upper-case hex with colons
};

/// TLS 1.2 and 1.3.  `key_log_file`: where to append the secrets (SSLKEYLOGFILE), if not empty.
/// Throws Failure naming the file that is at fault.
ServerTls server_tls(const ServerCertificate& certificate, const std::string& key_log_file);

/// What two ends have agreed on, and who the other one says to be.
struct TlsSession {
    std::string version;                // TLSv1.3
    std::string cipher;                 // TLS_AES_256_GCM_SHA384
    bool verified = false;              // the certificate is believed
    std::string subject, issuer;        // RFC 2253; empty where the peer has no certificate
    std::vector<std::string> names;     // that it is for
    std::string not_before, not_after;  // RFC 3339
};

/// SHA-256 of a certificate: upper-case hex with colons.
struct Fingerprint {
    std::string text;

    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// Hex of any case, with colons between all bytes or none.
bool parse_value(std::string_view text, Fingerprint& value);
inline std::string to_string(const Fingerprint& value) { return value.text; }
inline std::string expected_value(const Fingerprint&) {
    return "a SHA-256: 64 hex digits, with colons or without";
}

struct Trust {
    bool verify = true;
    std::string ca_file;  // PEM; empty: the system's store, read when a certificate is judged
    /// If not empty, of the one certificate that is believed, whatever else is wrong with it.
    Fingerprint fingerprint;
};

TlsContext client_tls(const Trust& trust, const std::string& key_log_file);

/// Why a certificate is not to be believed.
struct CertificateRefusal {
    std::string reason;              // all that is wrong with it, in one line that is safe to show
    std::string fingerprint;         // to pin it by
    bool wants_an_authority = true;  // to believe its issuer is all that it would take
};

}  // namespace nettool::net
