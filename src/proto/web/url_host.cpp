#include "nettool/proto/web/url_host.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/web/percent.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace nettool::proto {
namespace {

bool is_forbidden(char c) {
    constexpr std::string_view forbidden = " #/:<>?@[\\]^|%\x7f";
    return (c >= 0 && c < 0x20) || forbidden.find(c) != forbidden.npos;
}

using Groups = std::array<std::uint16_t, 8>;

struct Run {
    std::size_t begin = 0;
    std::size_t size = 0;
};

// The first of the longest runs of zeros.
Run longest_zeros(const Groups& groups) {
    Run best, current;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i] != 0) {
            current = {};
            continue;
        }
        if (current.size++ == 0) current.begin = i;
        if (current.size > best.size) best = current;
    }
    return best;
}

// Never with an IPv4 address in it, as inet_ntop would.
std::string ipv6_text(const Groups& groups) {
    const auto zeros = longest_zeros(groups);
    const bool compressed = zeros.size > 1;
    std::string text = "[";
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (compressed && i == zeros.begin) {
            text += i == 0 ? "::" : ":";
            i += zeros.size - 1;
            continue;
        }
        text += fmt::format("{:x}", groups[i]);
        if (i + 1 < groups.size()) text += ':';
    }
    return text + "]";
}

std::optional<std::string> parse_ipv6(const std::string& text) {
    in6_addr address{};
    if (::inet_pton(AF_INET6, text.c_str(), &address) != 1) return std::nullopt;
    Groups groups{};
    for (std::size_t i = 0; i < groups.size(); ++i)
        groups[i] =
            static_cast<std::uint16_t>(address.s6_addr[2 * i] << 8 | address.s6_addr[2 * i + 1]);
    return ipv6_text(groups);
}

std::vector<std::string_view> parts_of(std::string_view domain) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto dot = domain.find('.');
        parts.push_back(domain.substr(0, dot));
        if (dot == domain.npos) break;
        domain.remove_prefix(dot + 1);
    }
    if (parts.size() > 1 && parts.back().empty()) parts.pop_back();
    return parts;
}

// Decimal, octal or hexadecimal; what is too large is UINT64_MAX.
std::optional<std::uint64_t> parse_ipv4_number(std::string_view text) {
    constexpr std::uint64_t too_large = std::uint64_t{1} << 32;
    unsigned base = 10;
    if (text.empty()) return std::nullopt;
    if (text.size() >= 2 && text[0] == '0') {
        const bool hexadecimal = text[1] == 'x' || text[1] == 'X';
        base = hexadecimal ? 16 : 8;
        text.remove_prefix(hexadecimal ? 2 : 1);
    }
    std::uint64_t value = 0;
    for (const char c : text) {
        const auto digit = std::string_view("0123456789abcdef").find(ascii_lower(c));
        if (digit >= base) return std::nullopt;
        if (value < too_large) value = value * base + digit;
    }
    return value < too_large ? value : UINT64_MAX;
}

bool ends_in_number(const std::vector<std::string_view>& parts) {
    const auto last = parts.back();
    const bool digits = last.find_first_not_of("0123456789") == last.npos;
    return !last.empty() && (digits || parse_ipv4_number(last));
}

std::optional<std::string> parse_ipv4(const std::vector<std::string_view>& parts) {
    constexpr std::size_t bytes = 4;
    if (parts.size() > bytes) return std::nullopt;
    std::uint64_t address = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto number = parse_ipv4_number(parts[i]);
        const bool last = i + 1 == parts.size();
        const auto room = last ? (bytes - i) * 8 : 8;
        if (!number || *number >= std::uint64_t{1} << room) return std::nullopt;
        address |= last ? *number : *number << (bytes - 1 - i) * 8;
    }
    return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 0xff, address >> 8 & 0xff,
                       address & 0xff);
}

}  // namespace

std::optional<std::string> parse_url_host(std::string_view text) {
    if (text.starts_with('[')) {
        if (!text.ends_with(']')) return std::nullopt;
        return parse_ipv6(std::string(text.substr(1, text.size() - 2)));
    }
    auto domain = domain_to_ascii(with_replacements(percent_decoded_leniently(text)));
    if (!domain || domain->empty() || !is_ascii(*domain) ||
        std::ranges::any_of(*domain, is_forbidden))
        return std::nullopt;
    const auto parts = parts_of(*domain);
    if (ends_in_number(parts)) return parse_ipv4(parts);
    return domain;
}

}  // namespace nettool::proto
