#pragma once
// The client's half of SMTP AUTH: PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-256 and XOAUTH2 (RFC 4954,
// RFC 4616, RFC 2195, RFC 7677).

#include "nettool/proto/mail/scram_client.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

enum class LoginMechanism { plain, login, cram_md5, scram_sha_256, xoauth2 };

/// As EHLO and AUTH name it.
std::string_view to_string(LoginMechanism mechanism) noexcept;

struct Login {
    std::string user;
    std::string secret;                       // a password, or the token of XOAUTH2
    std::optional<LoginMechanism> mechanism;  // the only one to be used
    std::string nonce;                        // of SCRAM: printable, without commas, fresh
};

/// Which of `offered` to try, the best one first: what shows the password to nobody goes before
/// what does, and where nobody listens what is simple before what is merely old.
std::vector<LoginMechanism> usable_mechanisms(const Login& login,
                                              const std::vector<std::string>& offered,
                                              bool encrypted);

/// One exchange.  Pure: challenges go in, answers come out, both in base64 as SMTP has them.
class SaslClient {
public:
    SaslClient(LoginMechanism mechanism, const Login& login);

    LoginMechanism mechanism() const noexcept { return mechanism_; }

    /// What may stand behind AUTH and the mechanism; `=` for nothing at all.  None where the
    /// server has to speak first.
    std::optional<std::string> initial();

    /// The answer; `*`, which cancels, where a challenge makes no sense.
    std::string answer(std::string_view challenge);

    /// Whether the server may say yes now: with SCRAM it has to prove itself before.
    bool may_succeed() const noexcept { return !scram_ || scram_->is_believed(); }

private:
    std::optional<std::string> respond(std::string_view challenge);
    std::optional<std::string> respond_scram(std::string_view challenge);

    LoginMechanism mechanism_;
    Login login_;
    std::optional<ScramClient> scram_;
    unsigned answers_ = 0;
};

}  // namespace nettool::proto
