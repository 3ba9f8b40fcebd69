#include "nettool/proto/mail/sasl_server.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/digest.hpp"
#include "nettool/proto/web/base64.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

using Verdict = SaslServer::Verdict;

constexpr std::string_view user_prompt = "Username:", password_prompt = "Password:";

// In a time that says nothing of how much of it is right.
bool is_same(std::string_view a, std::string_view b) {
    unsigned difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
    return difference == 0;
}

}  // namespace

std::optional<SaslMechanism> parse_sasl_mechanism(std::string_view name) noexcept {
    if (equal_ignoring_case(name, "PLAIN")) return SaslMechanism::plain;
    if (equal_ignoring_case(name, "LOGIN")) return SaslMechanism::login;
    if (equal_ignoring_case(name, "CRAM-MD5")) return SaslMechanism::cram_md5;
    return std::nullopt;
}

std::string hmac_md5(std::string_view key, std::string_view text) {
    return hex(hmac("md5", key, text));
}

SaslServer::Step SaslServer::begin(std::string_view initial) {
    if (mechanism_ == SaslMechanism::cram_md5)
        return initial.empty() ? Step{Verdict::challenge, base64(nonce_)}
                               : Step{Verdict::malformed, {}};
    if (initial == "=") return judge({});
    if (!initial.empty()) return answer(initial);
    const bool plain = mechanism_ == SaslMechanism::plain;
    return {Verdict::challenge, plain ? std::string() : base64(user_prompt)};
}

SaslServer::Step SaslServer::answer(std::string_view line) {
    if (line == "*") return {Verdict::cancelled, {}};
    const auto response = base64_decoded(line);
    if (!response) return {Verdict::malformed, {}};
    return judge(*response);
}

SaslServer::Step SaslServer::judge(std::string_view response) {
    switch (mechanism_) {
        case SaslMechanism::plain: return judge_plain(response);
        case SaslMechanism::login: return judge_login(response);
        case SaslMechanism::cram_md5: return judge_cram(response);
    }
    return {Verdict::malformed, {}};
}

// [authorization] NUL user NUL password
SaslServer::Step SaslServer::judge_plain(std::string_view response) {
    const auto first = response.find('\0');
    const auto second = first == response.npos ? response.npos : response.find('\0', first + 1);
    if (second == response.npos || response.find('\0', second + 1) != response.npos)
        return {Verdict::malformed, {}};
    user_ = response.substr(first + 1, second - first - 1);
    if (user_.empty()) return {Verdict::malformed, {}};
    return verdict_of(response.substr(second + 1));
}

SaslServer::Step SaslServer::judge_login(std::string_view response) {
    if (!has_user_) {
        has_user_ = true;
        user_ = response;
        return {Verdict::challenge, base64(password_prompt)};
    }
    return user_.empty() ? Step{Verdict::malformed, {}} : verdict_of(response);
}

// user SP digest
SaslServer::Step SaslServer::judge_cram(std::string_view response) {
    constexpr std::size_t digest_size = 32;
    const auto space = response.rfind(' ');
    if (space == 0 || space == response.npos || response.size() - space - 1 != digest_size)
        return {Verdict::malformed, {}};
    user_ = response.substr(0, space);
    if (users_.anybody) return {Verdict::accepted, {}};
    const auto password = users_.password_of(user_);
    const auto expected = hmac_md5(password.value_or(""), nonce_);
    const bool right = is_same(ascii_lowered(response.substr(space + 1)), expected);
    return {password && right ? Verdict::accepted : Verdict::refused, {}};
}

SaslServer::Step SaslServer::verdict_of(std::string_view password) const {
    if (users_.anybody) return {Verdict::accepted, {}};
    const auto expected = users_.password_of(user_);
    const bool right = is_same(password, expected.value_or(""));
    return {expected && right ? Verdict::accepted : Verdict::refused, {}};
}

}  // namespace nettool::proto
