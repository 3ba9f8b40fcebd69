#pragma once
// What every command that speaks HTTP as a client shares: how it connects, through which proxy,
// with which cookies, and for how long.

#include "nettool/cli/dialer.hpp"
#include "nettool/http/client.hpp"

#include <memory>
#include <string>

namespace nettool::web {

/// A user agent (RFC 9110 §3.5).
class Agent {
public:
    /// Those of this group come first, then those of the connection.
    void declare(cli::OptionSet& options);

    /// Throws UsageError for options that contradict one another or are no proxy.
    void check() const;

    /// Refers to this and to the context.  Throws Failure (local) for a cookie jar that cannot be
    /// read.
    http::Client client(cli::Context& context);

    /// Writes the cookie jar, if there is one.  Throws Failure (local).
    void save_cookies() const;

    /// Of the body as it comes over the wire; by default none.
    void limit_body(std::uint64_t bytes) noexcept { limits_.max_body = bytes; }

private:
    proto::ProxyRules proxies(const cli::Context& context) const;

    http::ClientLimits limits_;
    std::string proxy_;
    std::string no_proxy_;
    std::string cookie_file_;
    std::shared_ptr<proto::CookieJar> cookies_;
    cli::Dialer dialer_;
};

/// The URL of an operand: http or https, `host/path` means http.  Throws UsageError.
proto::Url url_of(const std::string& operand);

}  // namespace nettool::web
