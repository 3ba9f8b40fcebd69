#include "provider.hpp"

#include "nettool/base/ascii.hpp"

namespace nettool::commands {
namespace {

bool is_of(std::string_view host, std::string_view domain) {
    if (host.size() < domain.size()) return false;
    const auto end = host.substr(host.size() - domain.size());
    return equal_ignoring_case(end, domain) &&
           (host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.');
}

std::string_view login_advice(Provider provider) {
    switch (provider) {
        case Provider::gmail:
            return "Gmail wants an app password (myaccount.google.com/apppasswords, with 2-step "
                   "verification) or --auth xoauth2 with a token, not the account's password";
        case Provider::outlook:
            return "Outlook takes no passwords any more: --auth xoauth2 with a token, and SMTP "
                   "AUTH "
                   "has to be allowed for the mailbox";
        case Provider::yahoo:
            return "Yahoo wants an app password (login.yahoo.com, account security), not the "
                   "account's password";
        case Provider::none: break;
    }
    return {};
}

// 530 is said for either (RFC 3207 §4, RFC 4954 §6).
std::string_view missing_of(LoginState state) {
    if (state.has_login) return state.encrypted ? "" : "the server wants TLS: --security starttls";
    return state.encrypted ? "the server wants a login: --user"
                           : "the server wants TLS (--security starttls), a login (--user) or both";
}

}  // namespace

ProviderPlace place_of(Provider provider) noexcept {
    constexpr std::uint16_t submission = 587;
    switch (provider) {
        case Provider::gmail: return {"smtp.gmail.com", submission};
        case Provider::outlook: return {"smtp-mail.outlook.com", submission};
        case Provider::yahoo: return {"smtp.mail.yahoo.com", submission};
        case Provider::none: break;
    }
    return {};
}

Provider provider_of_host(std::string_view host) noexcept {
    if (is_of(host, "gmail.com") || is_of(host, "googlemail.com") || is_of(host, "google.com"))
        return Provider::gmail;
    if (is_of(host, "outlook.com") || is_of(host, "office365.com")) return Provider::outlook;
    if (is_of(host, "yahoo.com")) return Provider::yahoo;
    return Provider::none;
}

std::string_view advice_of(Provider provider, unsigned code, LoginState state) noexcept {
    constexpr unsigned log_in_first = 530, too_weak = 534, wrong = 535, unknown_parameter = 555;
    switch (code) {
        case log_in_first: return missing_of(state);
        case too_weak:
        case wrong: return login_advice(provider);
        case unknown_parameter:
            return provider == Provider::gmail
                       ? std::string_view(
                             "Gmail says so of addresses that it cannot read: look at "
                             "--from and --to")
                       : std::string_view();
        default: return {};
    }
}

}  // namespace nettool::commands
