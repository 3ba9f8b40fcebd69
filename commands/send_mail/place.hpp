#pragma once
// The options that say which server gets the mail, and how it is reached.

#include "nettool/cli/dialer.hpp"
#include "nettool/proto/mail/smtp_client_dialog.hpp"
#include "provider.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::commands {

enum class Security { none, starttls, tls, automatic };

class Place {
public:
    void declare(cli::OptionSet& options);

    /// Before a configuration file is read: what that says gives way to the command line.
    void command_line_is_read();
    /// Whether this option of a file would name another place than the command line does.
    bool gives_way(std::string_view option) const noexcept;

    /// `with_login`: mail is submitted, not relayed.  Throws UsageError.
    void check(bool with_login);

    bool uses_exchangers() const noexcept { return mx_; }
    const net::Endpoint& server() const noexcept { return server_; }
    net::Endpoint exchanger(const std::string& host) const;
    std::optional<net::Endpoint> name_server() const;

    Security security() const noexcept { return security_; }
    Provider provider() const noexcept { return provider_; }
    /// What we call ourselves to who is at the other end of this.
    std::string own_name(const net::Flow& flow) const;
    std::chrono::milliseconds timeout() const noexcept { return dialer_.timeout(); }

    /// Throws Failure (network).
    awaitable<net::Stream> connect(cli::Context& context, net::Endpoint server) const;
    /// Goes over to TLS; whether it is known with whom.  Throws Failure (network).
    awaitable<bool> secure(cli::Context& context, net::Stream& stream, net::Endpoint server) const;

private:
    bool is_named() const noexcept;
    std::vector<std::string> ways() const;
    void check_ways() const;
    void take_server(std::uint16_t port);
    net::Endpoint server_of(std::uint16_t port) const;
    std::chrono::milliseconds patience() const;

    std::optional<std::string> server_text_;
    std::optional<std::string> host_;
    std::optional<std::uint16_t> port_;
    std::string unix_path_;
    Provider provider_ = Provider::none;
    bool mx_ = false;
    std::string name_server_text_;
    Security security_ = Security::automatic;
    bool tls_ = false;
    std::string helo_;
    // Of every step; RFC 5321 gives the end of a message ten minutes, others less.
    cli::Dialer dialer_{std::chrono::minutes(10)};
    net::Endpoint server_;
    bool says_place_ = false;  // the command line does
    bool says_port_ = false;
};

/// Whether a password may go there in the clear: nobody else hears it.
bool is_this_machine(const net::Flow& flow);

}  // namespace nettool::commands
