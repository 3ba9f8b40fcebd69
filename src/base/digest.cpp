#include "nettool/base/digest.hpp"

#include "nettool/base/failure.hpp"

#include <openssl/evp.h>

#include <array>

namespace nettool {

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 0xf];
    }
    return text;
}

class Digest::State {
public:
    explicit State(const char* name)
        : context_(::EVP_MD_CTX_new()), digest_(::EVP_MD_fetch(nullptr, name, nullptr)) {
        // A machine whose policy forbids MD5 has none to give.
        if (!context_ || !digest_ ||
            ::EVP_DigestInit_ex(context_.get(), digest_.get(), nullptr) != 1)
            throw Failure(Fault::local, std::string("OpenSSL cannot compute ") + name);
    }

    void update(std::string_view bytes) {
        ::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
    }

    std::string finish() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> value;
        unsigned size = 0;
        ::EVP_DigestFinal_ex(context_.get(), value.data(), &size);
        ::EVP_DigestInit_ex(context_.get(), nullptr, nullptr);
        return {value.begin(), value.begin() + size};
    }

private:
    struct Free {
        void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
        void operator()(EVP_MD* digest) const { ::EVP_MD_free(digest); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context_;
    std::unique_ptr<EVP_MD, Free> digest_;
};

Digest::Digest(const char* name) : state_(std::make_unique<State>(name)) {}
Digest::~Digest() = default;

void Digest::update(std::string_view bytes) { state_->update(bytes); }
std::string Digest::finish_raw() { return state_->finish(); }

std::string Digest::finish() { return hex(state_->finish()); }

namespace {

constexpr std::size_t sha256_size = 32;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string hmac(const char* name, std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> value;
    std::size_t size = 0;
    if (!::EVP_Q_mac(nullptr, "HMAC", nullptr, name, nullptr, key.data(), key.size(),
                     bytes_of(text), text.size(), value.data(), value.size(), &size))
        throw Failure(Fault::local, std::string("OpenSSL cannot compute HMAC with ") + name);
    return {value.begin(), value.begin() + size};
}

std::string pbkdf2_sha256(std::string_view password, std::string_view salt,
                          std::uint32_t iterations) {
    std::array<unsigned char, sha256_size> value;
    if (::PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes_of(salt),
                            static_cast<int>(salt.size()), static_cast<int>(iterations),
                            ::EVP_sha256(), static_cast<int>(value.size()), value.data()) != 1)
        throw Failure(Fault::local, "OpenSSL cannot compute PBKDF2");
    return {value.begin(), value.end()};
}

}  // namespace nettool
