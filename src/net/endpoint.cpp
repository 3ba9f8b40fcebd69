#include "nettool/net/endpoint.hpp"

#include "nettool/base/errc.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace nettool::net {
namespace {

bool parse_port(std::string_view text, std::uint16_t& port) {
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), port);
    return status == std::errc{} && end == text.data() + text.size();
}

struct Network4 {
    std::uint32_t address;
    unsigned bits;
};

// "Globally reachable: false" in the registry of RFC 6890, multicast and the future.
bool is_public_v4(const asio::ip::address_v4& address) {
    constexpr std::array<Network4, 14> closed = {{{0x00000000, 8},
                                                  {0x0a000000, 8},
                                                  {0x64400000, 10},
                                                  {0x7f000000, 8},
                                                  {0xa9fe0000, 16},
                                                  {0xac100000, 12},
                                                  {0xc0000000, 24},
                                                  {0xc0000200, 24},
                                                  {0xc0a80000, 16},
                                                  {0xc6120000, 15},
                                                  {0xc6336400, 24},
                                                  {0xcb007100, 24},
                                                  {0xe0000000, 4},
                                                  {0xf0000000, 4}}};
    return std::ranges::none_of(closed, [number = address.to_uint()](const Network4& network) {
        return (number ^ network.address) >> (32 - network.bits) == 0;
    });
}

bool is_public_v6(const asio::ip::address_v6& address) {
    const auto bytes = address.to_bytes();
    const auto v4_at = [&bytes](std::size_t at) {
        return asio::ip::address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
    };
    const auto group = [&bytes](std::size_t i) {
        return static_cast<unsigned>(bytes[2 * i]) << 8 | bytes[2 * i + 1];
    };
    if (group(0) == 0x2002) return is_public_v4(v4_at(2));                       // 6to4
    if (group(0) == 0x64 && group(1) == 0xff9b) return is_public_v4(v4_at(12));  // NAT64
    const bool documentation = group(0) == 0x2001 && group(1) == 0xdb8;
    constexpr unsigned global_mask = 0xe000, global = 0x2000;  // RFC 4291, section 2.4
    return (group(0) & global_mask) == global && !documentation;
}

}  // namespace

bool may_be_host(std::string_view text) {
    const auto odd = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
    return !text.empty() && std::none_of(text.begin(), text.end(), odd);
}

std::string to_string(const Endpoint& endpoint) {
    if (endpoint.is_unix) return "unix:" + endpoint.host;
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

void tag_invoke(const boost::json::value_from_tag&, boost::json::value& json,
                const Endpoint& endpoint) {
    json = to_string(endpoint);
}

result<Endpoint> parse_endpoint(std::string_view text) {
    constexpr std::string_view unix_prefix = "unix:";
    Endpoint endpoint;
    if (text.starts_with(unix_prefix)) {
        endpoint.host = text.substr(unix_prefix.size());
        endpoint.is_unix = true;
        const bool usable = !endpoint.host.empty() && endpoint.host.find('\0') == std::string::npos;
        return usable ? result<Endpoint>(endpoint) : result<Endpoint>(Errc::bad_endpoint);
    }
    const auto colon = text.rfind(':');
    if (colon == text.npos || !parse_port(text.substr(colon + 1), endpoint.port))
        return Errc::bad_endpoint;
    auto host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const bool has_colon = host.find(':') != host.npos;
    const bool has_bracket = host.find_first_of("[]") != host.npos;
    if (bracketed != has_colon || has_bracket || !may_be_host(host)) return Errc::bad_endpoint;
    endpoint.host = host;
    return endpoint;
}

asio::ip::address unmapped(const asio::ip::address& address) {
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}

bool is_loopback(const asio::ip::address& address) { return unmapped(address).is_loopback(); }

bool is_loopback(const Endpoint& endpoint) {
    error_code not_literal;
    const auto address = asio::ip::make_address(endpoint.host, not_literal);
    return !not_literal && is_loopback(address);
}

bool is_public(const asio::ip::address& address) {
    const auto plain = unmapped(address);
    return plain.is_v4() ? is_public_v4(plain.to_v4()) : is_public_v6(plain.to_v6());
}

std::string address_text(const asio::ip::address& address) { return unmapped(address).to_string(); }

Endpoint endpoint_of(const asio::generic::stream_protocol::endpoint& raw, const Endpoint& unnamed) {
    const int family = raw.protocol().family();
    if (family != AF_INET && family != AF_INET6) return unnamed;
    asio::ip::tcp::endpoint tcp;
    tcp.resize(raw.size());
    std::memcpy(tcp.data(), raw.data(), raw.size());
    Endpoint endpoint;
    endpoint.host = address_text(tcp.address());
    endpoint.port = tcp.port();
    return endpoint;
}

asio::generic::stream_protocol::endpoint stream_endpoint(const asio::ip::address& address,
                                                         std::uint16_t port) {
    return asio::ip::tcp::endpoint(address, port);
}

}  // namespace nettool::net
