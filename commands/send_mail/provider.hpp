#pragma once
// What is known of the big mail providers: where they take mail, and what their refusals mean.

#include <cstdint>
#include <string>
#include <string_view>

namespace nettool::commands {

enum class Provider { none, gmail, outlook, yahoo };

struct ProviderPlace {
    std::string_view host;
    std::uint16_t port;
};

/// Where to submit mail, over STARTTLS.
ProviderPlace place_of(Provider provider) noexcept;

/// By the name of a server that is one of theirs.
Provider provider_of_host(std::string_view host) noexcept;

/// How the server was asked.
struct LoginState {
    bool has_login = false;
    bool encrypted = false;
};

/// What would help against a refusal with this code; empty where nobody knows.
std::string_view advice_of(Provider provider, unsigned code, LoginState state) noexcept;

}  // namespace nettool::commands
