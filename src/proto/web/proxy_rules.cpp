#include "nettool/proto/web/proxy_rules.hpp"

#include <algorithm>
#include <initializer_list>

namespace nettool::proto {
const Url* ProxyRules::proxy_for(const Url& url) const {
    const auto& proxy = url.scheme == "https" ? for_https : for_http;
    if (!proxy) return nullptr;
    const bool is_direct = matching_rule(directly, RuledHost(url.host), url.effective_port());
    return is_direct ? nullptr : &*proxy;
}

std::optional<Url> parse_proxy(std::string_view text) {
    auto url = parse_typed_url(text);
    if (!url || url->scheme != "http" || url->path != "/" || url->query || url->fragment)
        return std::nullopt;
    return url;
}

std::vector<HostRule> parse_hosts(std::string_view list,
                                  const std::function<void(const std::string&)>& on_bad) {
    std::vector<HostRule> hosts;
    constexpr std::string_view separators = ", \t\n";
    while (true) {
        list.remove_prefix(std::min(list.find_first_not_of(separators), list.size()));
        if (list.empty()) return hosts;
        const auto end = std::min(list.find_first_of(separators), list.size());
        auto parsed = parse_host_rule(list.substr(0, end));
        if (parsed.rule)
            hosts.push_back(*std::move(parsed.rule));
        else
            on_bad(parsed.error);
        list.remove_prefix(end);
    }
}

ProxyRules proxy_rules_of(const std::function<std::string(const char*)>& environment,
                          const std::function<void(const std::string&)>& on_bad) {
    const auto first_of = [&environment](std::initializer_list<const char*> names) {
        for (const auto* name : names)
            if (auto value = environment(name); !value.empty()) return value;
        return std::string();
    };
    const auto proxy_of = [&on_bad](const std::string& text) {
        auto proxy = text.empty() ? std::nullopt : parse_proxy(text);
        if (!proxy && !text.empty()) on_bad(text);
        return proxy;
    };
    ProxyRules rules;
    rules.for_http = proxy_of(first_of({"http_proxy", "all_proxy", "ALL_PROXY"}));
    rules.for_https = proxy_of(first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}));
    rules.directly = parse_hosts(first_of({"no_proxy", "NO_PROXY"}), [](const std::string&) {});
    return rules;
}

}  // namespace nettool::proto
