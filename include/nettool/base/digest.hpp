#pragma once
// Message digests, fed in pieces, and what is made of them with a key; OpenSSL computes them.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace nettool {

/// Lower-case hex.
std::string hex(std::string_view bytes);

class Digest {
public:
    /// `md5`, `sha256` and what else OpenSSL knows.  Throws Failure (local) for what it does not.
    explicit Digest(const char* name);
    Digest(const Digest&) = delete;
    Digest& operator=(const Digest&) = delete;
    ~Digest();

    void update(std::string_view bytes);
    /// Of all bytes since the beginning or the last call, as lower-case hex; starts anew.
    std::string finish();
    /// The same as bytes.
    std::string finish_raw();

private:
    class State;
    std::unique_ptr<State> state_;
};

/// HMAC (RFC 2104) with a digest of OpenSSL's name, as bytes.  Throws Failure (local).
std::string hmac(const char* name, std::string_view key, std::string_view text);

/// 32 bytes of PBKDF2 (RFC 8018 §5.2) with HMAC-SHA-256.  Throws Failure (local).
std::string pbkdf2_sha256(std::string_view password, std::string_view salt,
                          std::uint32_t iterations);

}  // namespace nettool
