#include "access_rules.hpp"

#include "nettool/base/text.hpp"
#include "nettool/net/interfaces.hpp"
#include "nettool/net/resolver.hpp"
#include "nettool/web/shared_options.hpp"

#include <algorithm>

namespace nettool::commands {
namespace {

std::vector<proto::HostRule> rules_of(const std::string& option,
                                      const std::vector<std::string>& texts) {
    std::vector<proto::HostRule> rules;
    for (const auto& text : texts) {
        auto parsed = proto::parse_host_rule(text);
        if (!parsed.rule) throw cli::UsageError("--" + option + ": " + parsed.error);
        rules.push_back(*std::move(parsed.rule));
    }
    return rules;
}

}  // namespace

void AccessRules::declare(cli::OptionSet& options) {
    options.group("Who may use it, and for what")
        .list("auth", auth_, "USER:PASSWORD",
              "serve who knows this password only; others see it in the list of processes")
        .value("auth-file", auth_file_, "FILE",
               "the same from a file with a line for each; hashes of crypt(3) are understood")
        .list("allow-from", allow_from_, "NETWORK",
              "serve clients from there only, such as 10.0.0.0/8, and this machine")
        .list("allow", allow_, "HOST",
              "ask no other servers than these: a name with all below it, an address, a network")
        .list("deny", deny_, "HOST", "do not ask these, whatever is allowed")
        .value("connect-ports", connect_ports_, "LIST",
               "the ports that tunnels may lead to: 443,8443,1000-2000; * for all")
        .flag("allow-private", allow_private_,
              "let clients from elsewhere reach the private addresses of this network");
}

std::shared_ptr<const http::Credentials> AccessRules::credentials() const {
    return web::credentials("auth", auth_, auth_file_);
}

proxy::Policy AccessRules::policy() const {
    proxy::Policy::Options options;
    options.allow_from = rules_of("allow-from", allow_from_);
    for (const auto& rule : options.allow_from)
        if (!rule.is_network() && rule.text() != "*")
            throw cli::UsageError("--allow-from: bad value " + quoted(rule.text()) +
                                  " (an address, a network or *)");
    options.allow = rules_of("allow", allow_);
    options.deny = rules_of("deny", deny_);
    auto ports = proxy::parse_port_set(connect_ports_);
    if (!ports.ports) throw cli::UsageError("--connect-ports: " + ports.error);
    options.connect_ports = *std::move(ports.ports);
    options.allow_private = allow_private_;
    options.has_users = !auth_.empty() || !auth_file_.empty();
    options.interfaces = net::own_addresses();
    return proxy::Policy(std::move(options));
}

std::string AccessRules::open_to_all(std::string_view place) {
    return "a proxy on " + std::string(place) +
           " would serve everybody: --allow-from NETWORK or --auth USER:PASSWORD says whom";
}

awaitable<void> AccessRules::check(const cli::Server& server) const {
    const auto host = server.host();
    if (host.empty() || is_limited()) co_return;
    const auto addresses = co_await net::resolve(host);
    if (!addresses) co_return;  // the listener says what is wrong
    const bool is_ours = std::ranges::all_of(
        *addresses, [](const asio::ip::address& address) { return net::is_loopback(address); });
    if (!is_ours) throw cli::UsageError(open_to_all(quoted(host)));
}

}  // namespace nettool::commands
