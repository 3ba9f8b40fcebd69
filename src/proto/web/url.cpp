#include "nettool/proto/web/url.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/web/percent.hpp"
#include "nettool/proto/web/url_host.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

constexpr std::uint16_t port_of(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_slash(char c) { return c == '/' || c == '\\'; }

bool begins_with_slash(std::string_view text) { return !text.empty() && is_slash(text.front()); }

// Without C0 controls and spaces at the ends, and without TAB, CR and LF anywhere.
std::string cleaned(std::string_view text) {
    const auto is_trimmed = [](char c) { return c >= 0 && c <= ' '; };
    while (!text.empty() && is_trimmed(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_trimmed(text.back())) text.remove_suffix(1);
    auto clean = with_replacements(text);
    std::erase_if(clean, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    return clean;
}

// In lower case and taken off `rest` with its colon; empty if there is none.
std::string take_scheme(std::string_view& rest) {
    if (rest.empty() || !is_letter(rest.front())) return {};
    const auto end = std::ranges::find_if_not(rest, [](char c) {
        return is_letter(c) || is_ascii_digit(c) || c == '+' || c == '-' || c == '.';
    });
    const auto size = static_cast<std::size_t>(end - rest.begin());
    if (size == rest.size() || *end != ':') return {};
    auto scheme = ascii_lowered(rest.substr(0, size));
    rest.remove_prefix(size + 1);
    return scheme;
}

std::string_view take_until(std::string_view& rest, std::string_view ends) {
    const auto size = std::min(rest.find_first_of(ends), rest.size());
    const auto taken = rest.substr(0, size);
    rest.remove_prefix(size);
    return taken;
}

void take_slashes(std::string_view& rest) {
    while (begins_with_slash(rest)) rest.remove_prefix(1);
}

void parse_credentials(Url& url, std::string_view text) {
    const auto colon = text.find(':');
    append_percent_encoded(url.username, text.substr(0, colon), UrlPart::userinfo);
    if (colon != text.npos)
        append_percent_encoded(url.password, text.substr(colon + 1), UrlPart::userinfo);
}

bool parse_port(Url& url, std::string_view text) {
    constexpr unsigned largest = 65'535;
    if (text.empty()) return true;
    unsigned port = 0;
    for (const char c : text) {
        if (!is_ascii_digit(c)) return false;
        port = port * 10 + static_cast<unsigned>(c - '0');
        if (port > largest) return false;
    }
    if (port != port_of(url.scheme)) url.port = static_cast<std::uint16_t>(port);
    return true;
}

// The colon before the port, which is none of an IPv6 address.
std::size_t port_colon(std::string_view host_and_port) {
    bool in_brackets = false;
    for (std::size_t i = 0; i < host_and_port.size(); ++i) {
        const char c = host_and_port[i];
        if (c == '[') in_brackets = true;
        if (c == ']') in_brackets = false;
        if (c == ':' && !in_brackets) return i;
    }
    return std::string_view::npos;
}

bool parse_authority(Url& url, std::string_view text) {
    if (const auto at = text.rfind('@'); at != text.npos) {
        parse_credentials(url, text.substr(0, at));
        text.remove_prefix(at + 1);
    }
    const auto colon = port_colon(text);
    if (colon == 0) return false;
    auto host = parse_url_host(text.substr(0, colon));
    if (!host || host->empty()) return false;
    url.host = *std::move(host);
    return colon == text.npos || parse_port(url, text.substr(colon + 1));
}

// `.`, `..` and their escaped spellings.
std::size_t dots_of(std::string_view segment) {
    std::size_t dots = 0;
    while (!segment.empty()) {
        const bool escaped = segment.size() >= 3 && segment[0] == '%' && segment[1] == '2' &&
                             ascii_lower(segment[2]) == 'e';
        if (!escaped && segment[0] != '.') return 0;
        segment.remove_prefix(escaped ? 3 : 1);
        ++dots;
    }
    return dots <= 2 ? dots : 0;
}

void shorten(std::string& path) { path.resize(std::min(path.rfind('/'), path.size())); }

// Appends the segments of `text` to the directory url.path, which is given without its last slash.
void parse_path(Url& url, std::string_view text) {
    bool more = true;
    while (more) {
        const auto segment = take_until(text, "/\\");
        more = !text.empty();
        if (more) text.remove_prefix(1);
        const auto dots = dots_of(segment);
        if (dots == 2 && !url.path.empty()) shorten(url.path);
        if (dots == 0) {
            url.path += '/';
            append_percent_encoded(url.path, segment, UrlPart::path);
        } else if (!more) {
            url.path += '/';
        }
    }
}

void parse_query_and_fragment(Url& url, std::string_view rest) {
    if (rest.starts_with('?')) {
        rest.remove_prefix(1);
        append_percent_encoded(url.query.emplace(), take_until(rest, "#"), UrlPart::query);
    }
    if (!rest.starts_with('#')) return;
    append_percent_encoded(url.fragment.emplace(), rest.substr(1), UrlPart::fragment);
}

// From where the host begins.
std::optional<Url> parse_absolute(std::string scheme, std::string_view rest) {
    Url url;
    url.scheme = std::move(scheme);
    if (!parse_authority(url, take_until(rest, "/\\?#"))) return std::nullopt;
    auto path = take_until(rest, "?#");
    if (!path.empty()) path.remove_prefix(1);
    parse_path(url, path);
    parse_query_and_fragment(url, rest);
    return url;
}

// A host makes no sense in it, and is read all the same.
std::optional<Url> parse_data(std::string_view rest) {
    Url url;
    url.scheme = "data";
    if (rest.starts_with("//")) {
        rest.remove_prefix(2);
        if (!parse_authority(url, take_until(rest, "/?#"))) return std::nullopt;
    }
    append_percent_encoded(url.path, take_until(rest, "?#"), UrlPart::opaque_path);
    parse_query_and_fragment(url, rest);
    return url;
}

std::optional<Url> parse_relative(const Url& base, std::string_view rest) {
    if (rest.size() >= 2 && is_slash(rest[0]) && is_slash(rest[1])) {
        take_slashes(rest);
        return parse_absolute(base.scheme, rest);
    }
    Url url = base;
    url.fragment.reset();
    auto path = take_until(rest, "?#");
    if (!path.empty()) {
        if (begins_with_slash(path)) {
            url.path.clear();
            path.remove_prefix(1);
        } else {
            shorten(url.path);
        }
        parse_path(url, path);
    }
    if (!path.empty() || url.path.empty() || rest.starts_with('?')) url.query.reset();
    parse_query_and_fragment(url, rest);
    return url;
}

}  // namespace

std::uint16_t Url::effective_port() const noexcept { return port.value_or(port_of(scheme)); }

std::string Url::authority() const { return port ? host + ':' + std::to_string(*port) : host; }

std::string Url::target() const { return query ? path + '?' + *query : path; }

std::string public_text(const Url& url) {
    if (!url.is_web()) return url.scheme + ':' + url.target();
    return url.scheme + "://" + url.authority() + url.target();
}

std::string to_string(const Url& url) {
    std::string text = url.scheme + ':';
    if (url.is_web() || !url.host.empty()) text += "//";
    if (!url.username.empty() || !url.password.empty()) {
        text += url.username;
        if (!url.password.empty()) text.append(":").append(url.password);
        text += '@';
    }
    text.append(url.authority()).append(url.target());
    if (url.fragment) text.append("#").append(*url.fragment);
    return text;
}

bool same_origin(const Url& a, const Url& b) noexcept {
    return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

std::optional<Url> parse_url(std::string_view text, const Url* base) {
    const auto clean = cleaned(text);
    std::string_view rest = clean;
    auto scheme = take_scheme(rest);
    if (scheme == "data") return parse_data(rest);
    if (scheme == "http" || scheme == "https") {
        const bool has_authority = rest.size() >= 2 && is_slash(rest[0]) && is_slash(rest[1]);
        if (base && base->scheme == scheme && !has_authority) return parse_relative(*base, rest);
        take_slashes(rest);
        return parse_absolute(std::move(scheme), rest);
    }
    if (!scheme.empty() || !base) return std::nullopt;
    if (base->is_web()) return parse_relative(*base, rest);
    if (!rest.starts_with('#')) return std::nullopt;
    auto url = *base;
    url.fragment.reset();
    parse_query_and_fragment(url, rest);
    return url;
}

std::optional<Url> parse_typed_url(std::string_view text) {
    auto url = parse_url(text);
    const auto colon = text.find(':');
    const auto behind = colon == text.npos ? std::string_view() : text.substr(colon + 1);
    const bool other_scheme = behind.starts_with("//");
    // `localhost:8080/x` looks like a scheme to the standard.
    if (url && !url->is_web()) return std::nullopt;
    if (url || other_scheme || text.empty() || is_slash(text.front())) return url;
    return parse_url("http://" + std::string(text));
}

}  // namespace nettool::proto
