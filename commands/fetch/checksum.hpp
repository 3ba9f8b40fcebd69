#pragma once
// Whether what came is what it should be: by the digest that the user knows, or by the server's.

#include "nettool/base/digest.hpp"
#include "nettool/http/response.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::commands {

struct Checksum {
    std::string algorithm;  // as OpenSSL names it
    std::string hex;        // in lower case
};

/// `sha256:…`, `sha-1:…`, `md5:…`; nothing for what is no such thing.
std::optional<Checksum> parse_checksum(std::string_view text);

/// Fed with all of a representation.
class Verifier {
public:
    /// By the user's checksum, else by the Repr-Digest (RFC 9530) of the answer, else not at all.
    void begin(const std::optional<Checksum>& wanted, const http::Response& response);

    bool is_wanted() const noexcept { return digest_ != nullptr; }
    void update(std::string_view bytes) {
        if (digest_) digest_->update(bytes);
    }
    /// Which digest was right; empty where there was none.  Throws Failure (local) for a wrong one.
    std::string finish(std::string_view name);

private:
    Checksum expected_;
    std::unique_ptr<Digest> digest_;
};

}  // namespace nettool::commands
