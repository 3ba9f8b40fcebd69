#pragma once
// Through which proxy a URL is asked for, as the environment or the user says.

#include "nettool/proto/web/host_rules.hpp"
#include "nettool/proto/web/url.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct ProxyRules {
    std::optional<Url> for_http, for_https;
    std::vector<HostRule> directly;  // hosts that are asked themselves

    /// Null for a URL that is asked for directly.
    const Url* proxy_for(const Url& url) const;
};

/// `http://[USER:PASSWORD@]HOST[:PORT]`, the scheme may be left out; nothing for another scheme, a
/// path or no host.
std::optional<Url> parse_proxy(std::string_view text);

/// Rules, separated by commas or blanks; what is none is handed to `on_bad`, with the reason.
std::vector<HostRule> parse_hosts(std::string_view list,
                                  const std::function<void(const std::string&)>& on_bad);

/// By http_proxy, https_proxy, all_proxy and no_proxy, each also in upper case, but HTTP_PROXY:
/// that one is a request field in a CGI script.  A value that is no proxy is handed to `on_bad`;
/// what is no host in no_proxy, where programs differ, means none.
ProxyRules proxy_rules_of(const std::function<std::string(const char*)>& environment,
                          const std::function<void(const std::string&)>& on_bad);

}  // namespace nettool::proto
