#include "nettool/proto/web/proxy_rules.hpp"

#include "nettool/base/ascii.hpp"

#include <array>
#include <charconv>
#include <initializer_list>

#include <arpa/inet.h>

namespace nettool::proto {
namespace {

struct Address {
    std::array<unsigned char, 16> bytes{};
    std::size_t bits = 0;  // 32 or 128
};

// Of a literal, with or without brackets.
std::optional<Address> address_of(std::string text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    Address address;
    if (::inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1)
        address.bits = 32;
    else if (::inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1)
        address.bits = 128;
    if (address.bits == 0) return std::nullopt;
    return address;
}

template <class Integer>
std::optional<Integer> number_of(std::string_view text) {
    Integer value{};
    const auto* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc{} || stop != end) return std::nullopt;
    return value;
}

bool in_network(const std::string& host, std::string_view network) {
    const auto slash = network.find('/');
    const auto address = address_of(host);
    const auto base = address_of(std::string(network.substr(0, slash)));
    if (!address || !base || address->bits != base->bits) return false;
    const auto bits =
        slash == network.npos ? base->bits : number_of<std::size_t>(network.substr(slash + 1));
    if (!bits || *bits > base->bits) return false;
    for (std::size_t i = 0; i < *bits; ++i) {
        const auto mask = 0x80U >> i % 8;
        if (((address->bytes[i / 8] ^ base->bytes[i / 8]) & mask) != 0) return false;
    }
    return true;
}

bool is_below(std::string_view host, std::string_view name) {
    if (name.starts_with("*.")) name.remove_prefix(1);
    if (name.starts_with('.')) name.remove_prefix(1);
    if (name.empty() || host.size() < name.size()) return false;
    if (!equal_ignoring_case(host.substr(host.size() - name.size()), name)) return false;
    return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
}

bool goes_directly(const Url& url, std::string_view entry) {
    if (entry == "*") return true;
    if (in_network(url.host, entry)) return true;
    const auto colon = entry.rfind(':');
    const auto port =
        colon == entry.npos ? std::nullopt : number_of<std::uint16_t>(entry.substr(colon + 1));
    if (port && *port != url.effective_port()) return false;
    if (port) entry = entry.substr(0, colon);
    return in_network(url.host, entry) || (!address_of(url.host) && is_below(url.host, entry));
}

}  // namespace

const Url* ProxyRules::proxy_for(const Url& url) const {
    const auto& proxy = url.scheme == "https" ? for_https : for_http;
    if (!proxy) return nullptr;
    for (const auto& entry : directly)
        if (goes_directly(url, entry)) return nullptr;
    return &*proxy;
}

std::optional<Url> parse_proxy(std::string_view text) {
    auto url = parse_typed_url(text);
    if (!url || url->scheme != "http" || url->path != "/" || url->query || url->fragment)
        return std::nullopt;
    return url;
}

std::vector<std::string> parse_hosts(std::string_view list) {
    std::vector<std::string> hosts;
    constexpr std::string_view separators = ", \t\n";
    while (true) {
        list.remove_prefix(std::min(list.find_first_not_of(separators), list.size()));
        if (list.empty()) return hosts;
        const auto end = std::min(list.find_first_of(separators), list.size());
        hosts.emplace_back(list.substr(0, end));
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
    rules.directly = parse_hosts(first_of({"no_proxy", "NO_PROXY"}));
    return rules;
}

}  // namespace nettool::proto
