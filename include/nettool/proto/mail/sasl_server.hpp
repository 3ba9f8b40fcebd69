#pragma once
// The server's half of SMTP AUTH: PLAIN, LOGIN and CRAM-MD5 (RFC 4954, RFC 4616, RFC 2195).

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

enum class SaslMechanism { plain, login, cram_md5 };

std::optional<SaslMechanism> parse_sasl_mechanism(std::string_view name) noexcept;

/// HMAC of MD5 (RFC 2104) as lower-case hex.
std::string hmac_md5(std::string_view key, std::string_view text);

/// Who may come in.
struct SaslUsers {
    /// Nothing for a user that is not known.
    std::function<std::optional<std::string>(std::string_view user)> password_of;
    bool anybody = false;  // whatever they say
};

/// One exchange.  Pure: answers go in, challenges come out, both in base64 as SMTP has them.
class SaslServer {
public:
    enum class Verdict { challenge, accepted, refused, cancelled, malformed };
    struct Step {
        Verdict verdict;
        std::string challenge;  // of Verdict::challenge
    };

    /// `nonce`: unique, for CRAM-MD5: `<1234.5678@host>`.
    SaslServer(SaslMechanism mechanism, SaslUsers users, std::string nonce)
        : mechanism_(mechanism), users_(std::move(users)), nonce_(std::move(nonce)) {}

    /// `initial`: what stands behind the mechanism; empty for nothing, `=` for an empty answer.
    Step begin(std::string_view initial);
    Step answer(std::string_view line);

    /// Who has come in, or wanted to.
    const std::string& user() const noexcept { return user_; }

private:
    Step judge(std::string_view response);
    Step judge_plain(std::string_view response);
    Step judge_login(std::string_view response);
    Step judge_cram(std::string_view response);
    Step verdict_of(std::string_view password) const;

    SaslMechanism mechanism_;
    SaslUsers users_;
    std::string nonce_;
    std::string user_;
    bool has_user_ = false;  // of LOGIN
};

}  // namespace nettool::proto
