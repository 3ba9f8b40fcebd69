#pragma once
// The client's half of SCRAM-SHA-256 (RFC 5802, RFC 7677): the password stays here, and the server
// has to prove that it knows it too.

#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// One exchange.  Pure: messages go in and come out as they are, without base64.
class ScramClient {
public:
    /// `nonce`: printable, without commas, never used before.
    ScramClient(std::string_view user, std::string password, std::string nonce);

    /// `n,,n=user,r=nonce`
    std::string first() const { return header() + bare_; }

    /// The answer to the server's first message; nothing for one that breaks the rules, or asks
    /// for fewer rounds than RFC 7677 §4 wants, or for so many that we would only compute.
    std::optional<std::string> answer(std::string_view server_first);

    /// Whether the server's last message proves that it knows the password.
    bool believe(std::string_view server_final);
    bool is_believed() const noexcept { return believed_; }

private:
    // Nobody of ours binds the exchange to the TLS it runs in.
    static std::string header() { return "n,,"; }

    std::string password_;
    std::string nonce_;
    std::string bare_;
    std::string expected_;  // of the server
    bool believed_ = false;
};

}  // namespace nettool::proto
