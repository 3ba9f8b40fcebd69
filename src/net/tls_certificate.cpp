#include "tls_certificate.hpp"

#include "nettool/base/asio.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/bio.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

namespace nettool::net {
namespace {

using Names = std::unique_ptr<GENERAL_NAMES, Releaser<GENERAL_NAMES, GENERAL_NAMES_free>>;
struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};

}  // namespace

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
    const Names names(static_cast<GENERAL_NAMES*>(
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

std::string fingerprint_of(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    X509_digest(certificate, EVP_sha256(), digest.data(), &size);
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        if (i > 0) text += ':';
        text.append({hex[digest[i] >> 4], hex[digest[i] & 15]});
    }
    return text;
}

}  // namespace nettool::net
