#pragma once
// The options that say who sends, to the server: a user and a secret that is never on the command
// line.

#include "nettool/cli/command.hpp"
#include "nettool/proto/mail/sasl_client.hpp"

#include <optional>
#include <string>

namespace nettool::commands {

class Access {
public:
    void declare(cli::OptionSet& options);

    bool has_user() const noexcept { return !user_.empty(); }
    const std::string& user() const noexcept { return user_; }
    bool shows_secrets() const noexcept { return insecure_auth_; }
    /// Of a configuration file.
    void set_password(std::string password) { password_ = std::move(password); }

    /// Throws UsageError.
    void check() const;
    /// Asks for the secret at the terminal where nothing says what it is; nothing without a user.
    awaitable<std::optional<proto::Login>> login(cli::Context& context) const;

private:
    awaitable<std::string> secret(cli::Context& context) const;

    std::string user_;
    std::string password_file_, password_env_, password_command_;
    std::optional<std::string> password_;
    std::optional<proto::LoginMechanism> mechanism_;  // none: the best that is offered
    bool insecure_auth_ = false;
};

}  // namespace nettool::commands
