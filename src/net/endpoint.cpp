#include "nettool/net/endpoint.hpp"

#include "nettool/base/errc.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace nettool::net {
namespace {

bool parse_port(std::string_view text, std::uint16_t& port) {
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), port);
    return status == std::errc{} && end == text.data() + text.size();
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
