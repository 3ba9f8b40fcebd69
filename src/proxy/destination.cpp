#include "nettool/proxy/destination.hpp"

#include "nettool/base/asio.hpp"

#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <charconv>

namespace nettool::proxy {
namespace {

using Verdict = std::optional<http::Refusal>;

constexpr std::uint16_t http_port = 80, https_port = 443;

Verdict refuse(unsigned status, std::string_view why) { return http::Refusal{status, why}; }

// Splits HOST or HOST:PORT; a port that is missing or empty is `port` as it was.
bool split_authority(std::string_view authority, Destination& to) {
    if (!http::is_authority(authority)) return false;
    const auto bracket = authority.rfind(']');
    const auto colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
    auto host = authority.substr(0, colon);
    if (host.starts_with('[')) {
        host = host.substr(1, host.size() - 2);
        error_code not_literal;
        asio::ip::make_address_v6(host, not_literal);
        if (not_literal || host.find('%') != host.npos) return false;
    }
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.empty()) return false;
    to.host = ascii_lowered(host);
    to.authority = authority;
    if (colon == authority.npos) return true;
    const auto digits = authority.substr(colon + 1);
    if (digits.empty()) {
        to.authority.pop_back();
        return true;
    }
    const auto* end = digits.data() + digits.size();
    const auto [stop, status] = std::from_chars(digits.data(), end, to.port);
    return status == std::errc{} && stop == end && to.port != 0;
}

std::string_view without_user(std::string_view authority) {
    const auto at = authority.rfind('@');
    return at == authority.npos ? authority : authority.substr(at + 1);
}

std::string path_of(std::string_view rest, bool asks_options) {
    if (rest.empty()) return asks_options ? "*" : "/";
    return rest.front() == '/' ? std::string(rest) : "/" + std::string(rest);
}

// `rest` begins behind the scheme's slashes.
Verdict read_web_target(std::string_view rest, std::string_view method, Destination& to) {
    const auto path = std::min(rest.find_first_of("/?"), rest.size());
    to.port = to.secured ? https_port : http_port;
    if (!split_authority(without_user(rest.substr(0, path)), to))
        return refuse(400, "the target has no proper host");
    rest.remove_prefix(path);
    to.target = path_of(rest, method == "OPTIONS");
    to.url = (to.secured ? "https://" : "http://") + to.authority;
    if (to.target != "*") to.url += to.target;
    return {};
}

Verdict read_absolute(std::string_view target, std::string_view method, Destination& to) {
    const auto end = target.find("://");
    const auto scheme = target.substr(0, end);
    to.secured = equal_ignoring_case(scheme, "https");
    if (!to.secured && !equal_ignoring_case(scheme, "http"))
        return refuse(501, "this proxy speaks http and https only");
    return read_web_target(target.substr(end + 3), method, to);
}

Verdict read_tunnel(std::string_view target, Destination& to) {
    constexpr std::string_view why = "CONNECT wants HOST:PORT";
    to.kind = Destination::Kind::tunnel;
    to.port = 0;
    if (!split_authority(target, to) || to.port == 0) return refuse(400, why);
    to.url = target;
    return {};
}

// `/www.example.com/page`, or with the whole URL behind the slash.
Verdict read_path_style(std::string_view target, std::string_view method, Destination& to) {
    target.remove_prefix(1);
    to.is_path = true;
    if (target.find("://") < target.find_first_of("/?")) return read_absolute(target, method, to);
    if (target.empty()) return refuse(400, "this proxy is asked for /HOST/PATH");
    return read_web_target(target, method, to);
}

bool is_scheme(std::string_view text) {
    return !text.empty() && is_ascii_letter(text.front()) && std::ranges::all_of(text, [](char c) {
        return is_ascii_letter(c) || is_ascii_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

}  // namespace

Verdict read_destination(const http::RequestHead& request, Style style, Destination& to) {
    const auto target = request.target;
    to = {};
    if (request.method == "CONNECT") return read_tunnel(target, to);
    if (target == "*") {
        if (request.method != "OPTIONS") return refuse(400, "'*' goes with OPTIONS only");
        to.kind = Destination::Kind::proxy;
        to.url = "*";
        return {};
    }
    const auto end = target.find("://");
    if (end != target.npos && is_scheme(target.substr(0, end)))
        return read_absolute(target, request.method, to);
    if (target.front() == '/' && style == Style::lab)
        return read_path_style(target, request.method, to);
    if (target.front() == '/') return refuse(400, "this is a proxy, which is asked for whole URLs");
    return refuse(400, "the target is no URL");
}

Verdict read_reverse_destination(const http::RequestHead& request, const Destination& origin,
                                 Destination& to) {
    if (request.method == "CONNECT") return refuse(405, "there is no tunnel through this server");
    auto target = request.target;
    if (target == "*" && request.method != "OPTIONS")
        return refuse(400, "'*' goes with OPTIONS only");
    if (target.front() != '/' && target != "*") {
        if (auto refusal = read_absolute(target, request.method, to)) return refusal;
    } else {
        to.target = target;
    }
    auto path = std::move(to.target);
    to = origin;
    to.url = (to.secured ? "https://" : "http://") + to.authority + (path == "*" ? "" : path);
    to.target = std::move(path);
    return {};
}

}  // namespace nettool::proxy
