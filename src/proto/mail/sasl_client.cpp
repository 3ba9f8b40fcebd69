#include "nettool/proto/mail/sasl_client.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/mail/sasl_server.hpp"
#include "nettool/proto/web/base64.hpp"

#include <algorithm>
#include <array>

namespace nettool::proto {
namespace {

using enum LoginMechanism;

constexpr std::string_view cancel = "*";
constexpr std::string_view nul("\0", 1);

std::string plain_message(const Login& login) {
    return std::string(nul).append(login.user).append(nul).append(login.secret);
}

std::string bearer_message(const Login& login) {
    return "user=" + login.user + "\x01" + "auth=Bearer " + login.secret + "\x01\x01";
}

}  // namespace

std::string_view to_string(LoginMechanism mechanism) noexcept {
    switch (mechanism) {
        case plain: return "PLAIN";
        case login: return "LOGIN";
        case cram_md5: return "CRAM-MD5";
        case scram_sha_256: return "SCRAM-SHA-256";
        case xoauth2: return "XOAUTH2";
    }
    return {};
}

std::vector<LoginMechanism> usable_mechanisms(const Login& login,
                                              const std::vector<std::string>& offered,
                                              bool encrypted) {
    constexpr std::array over_tls = {scram_sha_256, plain, LoginMechanism::login, cram_md5};
    constexpr std::array in_clear = {scram_sha_256, cram_md5, plain, LoginMechanism::login};
    const auto is_offered = [&offered](LoginMechanism mechanism) {
        return std::ranges::any_of(offered, [mechanism](const std::string& name) {
            return equal_ignoring_case(name, to_string(mechanism));
        });
    };
    std::vector<LoginMechanism> usable;
    if (login.mechanism) {
        if (is_offered(*login.mechanism)) usable.push_back(*login.mechanism);
        return usable;
    }
    std::ranges::copy_if(encrypted ? over_tls : in_clear, std::back_inserter(usable), is_offered);
    return usable;
}

SaslClient::SaslClient(LoginMechanism mechanism, const Login& login)
    : mechanism_(mechanism), login_(login) {
    if (mechanism_ == scram_sha_256) scram_.emplace(login_.user, login_.secret, login_.nonce);
}

std::optional<std::string> SaslClient::initial() {
    if (mechanism_ == cram_md5 || mechanism_ == login) return std::nullopt;
    const auto first = respond({});
    if (!first) return std::nullopt;
    return first->empty() ? "=" : base64(*first);
}

std::string SaslClient::answer(std::string_view challenge) {
    const auto said = base64_decoded(without_blanks(challenge));
    // LOGIN's prompts are for people; some servers do not even encode them.
    if (!said && mechanism_ != login) return std::string(cancel);
    const auto response = respond(said.value_or(""));
    return response ? base64(*response) : std::string(cancel);
}

std::optional<std::string> SaslClient::respond(std::string_view challenge) {
    const auto turn = answers_++;
    switch (mechanism_) {
        case plain: return turn == 0 ? std::optional(plain_message(login_)) : std::nullopt;
        case login:
            if (turn == 0) return login_.user;
            return turn == 1 ? std::optional(login_.secret) : std::nullopt;
        case cram_md5:
            if (turn > 0) return std::nullopt;
            return login_.user + " " + hmac_md5(login_.secret, challenge);
        case scram_sha_256: return respond_scram(challenge);
        case xoauth2:
            // The second challenge says in JSON what is wrong; the server waits for an empty line
            // before it refuses.
            if (turn == 0) return bearer_message(login_);
            return turn == 1 ? std::optional(std::string()) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::string> SaslClient::respond_scram(std::string_view challenge) {
    const auto turn = answers_ - 1;
    if (turn == 0) return scram_->first();
    if (turn == 1) return scram_->answer(challenge);
    if (turn == 2 && scram_->believe(challenge)) return std::string();
    return std::nullopt;
}

}  // namespace nettool::proto
