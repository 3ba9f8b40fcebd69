#pragma once
// What a certificate says, as text: whose it is, for which names, from when to when.

#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <vector>

namespace nettool::net {

template <class T, void (*release)(T*)>
struct Releaser {
    void operator()(T* p) const { release(p); }
};
using Certificate = std::unique_ptr<X509, Releaser<X509, X509_free>>;

std::string text_of(const X509_NAME* name);  // RFC 2253
std::string text_of(const ASN1_TIME* time);  // RFC 3339
std::vector<std::string> names_of(const X509* certificate);
/// SHA-256, upper-case hex with colons.
std::string fingerprint_of(const X509* certificate);

}  // namespace nettool::net
