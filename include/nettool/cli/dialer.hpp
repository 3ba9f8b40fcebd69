#pragma once
// How a client reaches a server: by which family, from where, within what time, trusting whom.

#include "nettool/cli/command.hpp"
#include "nettool/net/connector.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace nettool::cli {

class Dialer {
public:
    Dialer() = default;
    explicit Dialer(std::chrono::milliseconds timeout) : timeout_(timeout) {}

    void declare(OptionSet& options);

    /// Throws UsageError for options that contradict one another.
    void check() const;

    /// Reads --cacert now, for it may be at fault.  Throws Failure (local).
    void check_trust(const Context& context) const;

    /// Connects and, if `secured`, shakes hands; tries a refused connection again for as long as
    /// --retry-connect says, else for `patience`.  `phases` may be null.  Throws Failure (network)
    /// that says what would help where the certificate is not to be believed.
    awaitable<net::Stream> dial(Context& context, net::Endpoint endpoint, bool secured,
                                net::ConnectPhases* phases,
                                std::chrono::milliseconds patience = {}) const;

    /// The same for who knows nothing of commands; refers to this and to the context.  What TLS
    /// needs to judge certificates is read once.
    net::Dialing dialing(Context& context) const;

    /// Shakes hands on a connection that is there.  Where the doubt is only noted, the result says
    /// what is wrong with the certificate, if something is; but whoever says whom to believe means
    /// it.  Throws Failure (network).
    awaitable<std::string> secure(Context& context, net::Stream& stream, net::Endpoint endpoint,
                                  net::Stream::Doubt doubt) const;

    std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    std::chrono::milliseconds connect_timeout() const {
        return connect_timeout_.value_or(timeout_);
    }
    net::Family family() const;
    const std::string& source() const noexcept { return source_; }
    bool retries() const noexcept { return retry_.has_value(); }
    /// Whether the user has said whom to believe.
    bool judges_certificates() const noexcept {
        return insecure_ || !ca_file_.empty() || !fingerprint_.text.empty();
    }

private:
    awaitable<net::Stream> connect(Context& context, net::Endpoint endpoint,
                                   net::ConnectOptions options) const;
    net::TlsContext tls(const Context& context) const;
    static awaitable<void> shake_hands(net::TlsContext tls, net::Stream& stream,
                                       net::Endpoint endpoint,
                                       net::Stream::Doubt doubt = net::Stream::Doubt::fails);

    std::chrono::milliseconds timeout_{30'000};
    std::optional<std::chrono::milliseconds> connect_timeout_;
    std::optional<std::chrono::milliseconds> retry_;
    bool insecure_ = false;
    std::string ca_file_;
    net::Fingerprint fingerprint_;
    bool only_v4_ = false;
    bool only_v6_ = false;
    std::string source_;
};

}  // namespace nettool::cli
