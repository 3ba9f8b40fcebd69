#pragma once
// Which requests come from a server's own page: what it shows is not for the pages of others that
// run in the same browser.

#include "nettool/http/request_guard.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nettool::http {

/// Of a Host field, without port and brackets.
std::string_view host_name(std::string_view host);

class VisitorGuard {
public:
    /// `names`: what the server may be called besides `localhost` and its addresses.
    explicit VisitorGuard(std::vector<std::string> names) : names_(std::move(names)) {}

    /// The page may be come to from anywhere, its contents only from itself.
    enum class What { page, contents };

    /// A host that is a name of somebody else's has been pointed here (DNS rebinding); another
    /// site's page says so itself (Fetch Metadata, RFC 6454 §7).
    std::optional<Refusal> judge(const RequestHead& request, What what) const;

private:
    bool is_own(std::string_view host) const;

    std::vector<std::string> names_;
};

}  // namespace nettool::http
