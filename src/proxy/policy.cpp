#include "nettool/proxy/policy.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>
#include <array>

namespace nettool::proxy {
namespace {

using asio::ip::address;

constexpr std::string_view denied = "http_request_denied";
constexpr std::string_view prohibited = "destination_ip_prohibited";

// An address of IPv4 however IPv6 writes it, and no scope: what a connection would lead to.
address meant_by(const address& written) {
    if (written.is_v4()) return written;
    const auto bytes = written.to_v6().to_bytes();
    const auto v4_at = [&bytes](std::size_t at) {
        return address(
            asio::ip::address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]}));
    };
    const auto begins_with = [&bytes](std::initializer_list<unsigned char> prefix) {
        return std::equal(prefix.begin(), prefix.end(), bytes.begin());
    };
    const asio::ip::address_v6 plain(bytes);
    if (plain.is_v4_mapped()) return v4_at(12);
    if (begins_with({0x20, 0x02})) return v4_at(2);                                    // 6to4
    if (begins_with({0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return v4_at(12);  // NAT64
    const bool compatible = begins_with({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    if (compatible && !plain.is_unspecified() && !plain.is_loopback()) return v4_at(12);
    return plain;
}

// Where clouds tell their machines secrets.
bool is_metadata(const address& meant) {
    static const std::array services = {
        asio::ip::make_address("169.254.169.254"),  // nearly everybody
        asio::ip::make_address("169.254.170.2"),    // of containers
        asio::ip::make_address("169.254.170.23"),  asio::ip::make_address("100.100.100.200"),
        asio::ip::make_address("168.63.129.16"),   asio::ip::make_address("fd00:ec2::254"),
        asio::ip::make_address("fd00:ec2::23"),    asio::ip::make_address("fd20:ce::254")};
    return std::ranges::find(services, meant) != services.end();
}

bool is_nobody(const address& meant) {
    if (meant.is_v6()) return meant.is_unspecified() || meant.is_multicast();
    const auto number = meant.to_v4().to_uint();
    constexpr std::uint32_t broadcast = 0xffffffff;
    return number >> 24 == 0 || meant.is_multicast() || number == broadcast;  // RFC 1122, 0/8
}

proto::RuledHost ruled(const address& meant) {
    if (meant.is_v4()) return proto::RuledHost(meant.to_v4().to_bytes());
    return proto::RuledHost(meant.to_v6().to_bytes());
}

std::string text_of(const address& written, const address& meant) {
    const auto text = net::address_text(written);
    return text == meant.to_string() ? text : text + " (" + meant.to_string() + ")";
}

address address_of(std::span<const unsigned char> bytes) {
    if (bytes.size() == 4) return asio::ip::address_v4({bytes[0], bytes[1], bytes[2], bytes[3]});
    asio::ip::address_v6::bytes_type all;
    std::ranges::copy(bytes, all.begin());
    return asio::ip::address_v6(all);
}

Refused prohibit(std::string why) { return {403, prohibited, std::move(why)}; }
Refused deny(std::string why) { return {403, denied, std::move(why)}; }

}  // namespace

void Policy::listens_on(const net::Endpoint& own) {
    if (own.is_unix) return;
    error_code not_literal;
    const auto local = asio::ip::make_address(own.host, not_literal);
    if (not_literal || !net::is_loopback(local)) beyond_loopback_ = true;
    const std::lock_guard lock(mutex_);
    if (!not_literal) own_.push_back({meant_by(local), own.port});
}

bool Policy::is_open() const noexcept {
    return beyond_loopback_ && !options_.has_users && options_.allow_from.empty();
}

bool Policy::judges_addresses() const noexcept {
    return std::ranges::any_of(options_.allow, &proto::HostRule::is_network) ||
           std::ranges::any_of(options_.deny, &proto::HostRule::is_network);
}

std::optional<Refused> Policy::judge_client(const net::Endpoint& client) const {
    if (client.is_unix || options_.allow_from.empty()) return {};
    error_code not_literal;
    const auto meant = meant_by(asio::ip::make_address(client.host, not_literal));
    const bool is_known = !not_literal && (meant.is_loopback() ||
                                           matching_rule(options_.allow_from, ruled(meant), 0));
    if (is_known) return {};
    const auto text = not_literal ? escaped(client.host) : meant.to_string();
    return deny("this proxy does not serve " + text + "; --allow-from " + text + " would allow it");
}

std::optional<Refused> Policy::judge_host(std::string_view host, std::uint16_t port,
                                          bool connect) const {
    const auto number = std::to_string(port);
    if (connect && !options_.connect_ports.contains(port))
        return deny("CONNECT to port " + number + " is not allowed; --connect-ports " +
                    to_string(options_.connect_ports) + "," + number + " would allow it");
    const proto::RuledHost asked(host);
    if (const auto* rule = matching_rule(options_.deny, asked, port))
        return deny(escaped(host) + " is denied by --deny " + escaped(rule->text()));
    const bool is_allowed =
        options_.allow.empty() || matching_rule(options_.allow, asked, port) != nullptr;
    const bool may_lead_there =
        !asked.is_address() && std::ranges::any_of(options_.allow, &proto::HostRule::is_network);
    if (!is_allowed && !may_lead_there)
        return deny(escaped(host) + " is not among the allowed hosts; --allow " + escaped(host) +
                    " would allow it");
    if (!asked.is_address()) return {};  // its addresses decide
    return judge_address(address_of(asked.address()), port, host);
}

// A name that is not allowed by itself may be so by where it leads.
bool Policy::is_allowed(const address& meant, std::uint16_t port, std::string_view host) const {
    return options_.allow.empty() || matching_rule(options_.allow, ruled(meant), port) ||
           matching_rule(options_.allow, proto::RuledHost(host), port);
}

std::optional<Refused> Policy::judge_address(const address& written, std::uint16_t port,
                                             std::string_view host) const {
    const auto meant = meant_by(written);
    const auto text = text_of(written, meant);
    if (is_own(meant, port))
        return Refused{400, "proxy_loop_detected",
                       text + " port " + std::to_string(port) + " is this proxy itself"};
    if (is_metadata(meant))
        return prohibit(text + " is the metadata service of a cloud, which no proxy may reach");
    if (is_nobody(meant)) return prohibit(text + " is not the address of one host");
    const auto asked = ruled(meant);
    for (const auto& rule : options_.deny)
        if (rule.is_network() && rule.matches(asked, port))
            return prohibit(text + " is denied by --deny " + escaped(rule.text()));
    if (!is_allowed(meant, port, host))
        return deny(escaped(host) + " leads to " + text + ", which is not allowed; --allow " +
                    escaped(host) + " would allow it");
    if (!beyond_loopback_ || options_.allow_private || net::is_public(meant)) return {};
    return prohibit(text +
                    " is not on the public Internet, and this proxy serves other machines; "
                    "--allow-private would allow it");
}

bool Policy::is_own(const address& meant, std::uint16_t port) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(
        own_, [&](const Own& own) { return own.port == port && is_alias(own.address, meant); });
}

// Whether who connects to the one may reach a listener at the other.
bool Policy::is_alias(const address& own, const address& meant) const {
    if (own == meant) return true;
    const bool own_is_all = own.is_unspecified();
    if (meant.is_unspecified()) return own_is_all || own.is_loopback();  // Linux: this machine
    if (own.is_v4() && meant.is_v6()) return false;
    if (!own_is_all)
        return own.is_loopback() && meant.is_loopback() && own.is_v4() == meant.is_v4();
    const auto is_same = [&meant](const address& interface) {
        return meant_by(interface) == meant;
    };
    return meant.is_loopback() || std::ranges::any_of(options_.interfaces, is_same);
}

}  // namespace nettool::proxy
