#include "nettool/proto/web/host_rules.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/web/url_host.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>

namespace nettool::proto {
namespace {

constexpr std::array<unsigned char, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t mapped_bits = 96;

template <class Integer>
std::optional<Integer> number_of(std::string_view text) {
    Integer value{};
    const auto* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc{} || stop != end) return std::nullopt;
    return value;
}

std::string_view without_brackets(std::string_view text) {
    const bool has = text.size() >= 2 && text.front() == '[' && text.back() == ']';
    return has ? text.substr(1, text.size() - 2) : text;
}

// Whether a URL's parser reads it differently: letters beyond ASCII, addresses in odd spellings.
bool is_odd(std::string_view name) {
    const auto last = name.substr(name.rfind('.') + 1);  // npos + 1 is zero
    return !is_ascii(name) || (!last.empty() && is_ascii_digit(last.front()));
}

// The bits of an address that both share.
bool same_network(const unsigned char* a, const unsigned char* b, std::size_t bits) {
    const std::size_t whole = bits / 8, rest = bits % 8;
    if (std::memcmp(a, b, whole) != 0) return false;
    const unsigned mask = 0xff00U >> rest;
    return rest == 0 || ((a[whole] ^ b[whole]) & mask & 0xff) == 0;
}

bool is_domain(std::string_view name) {
    const auto may_be_in_it = [](char c) {
        return is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '_' || c == '.';
    };
    return !name.empty() && name.front() != '.' && name.back() != '.' &&
           name.find("..") == name.npos && std::ranges::all_of(name, may_be_in_it);
}

}  // namespace

RuledHost::RuledHost(std::string_view text) {
    text = without_brackets(text);
    if (take_address(text)) return;
    if (text.ends_with('.')) text.remove_suffix(1);
    if (is_odd(text))
        if (const auto canonical = parse_url_host(text)) {
            if (!take_address(*canonical)) name_ = *canonical;
            return;
        }
    name_ = ascii_lowered(text);
}

RuledHost::RuledHost(std::span<const unsigned char> address) {
    is_v4_ = address.size() == 4;
    is_v6_ = address.size() == bytes_.size();
    if (is_address()) std::ranges::copy(address, bytes_.begin());
    take_mapped();
}

bool RuledHost::take_address(std::string_view text) {
    constexpr std::size_t longest = INET6_ADDRSTRLEN;
    const std::string terminated(text.substr(0, longest));
    if (text.size() > longest || terminated.find('\0') != terminated.npos) return false;
    is_v4_ = ::inet_pton(AF_INET, terminated.c_str(), bytes_.data()) == 1;
    is_v6_ = !is_v4_ && ::inet_pton(AF_INET6, terminated.c_str(), bytes_.data()) == 1;
    take_mapped();
    return is_address();
}

void RuledHost::take_mapped() {
    if (!is_v6_ || !std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes_.begin())) return;
    std::copy_n(bytes_.begin() + mapped_prefix.size(), 4, bytes_.begin());
    is_v4_ = true;
    is_v6_ = false;
}

bool HostRule::matches(const RuledHost& host, std::uint16_t port) const noexcept {
    if (port_ && *port_ != port) return false;
    if (kind_ == Kind::all) return true;
    if (kind_ == Kind::network)
        return host.is_v4_ == host_.is_v4_ && host.is_v6_ == host_.is_v6_ &&
               same_network(host.bytes_.data(), host_.bytes_.data(), bits_);
    if (host.is_address() || !host.name_.ends_with(host_.name_)) return false;
    const auto above = host.name_.size() - host_.name_.size();
    return above == 0 || host.name_[above - 1] == '.';
}

bool HostRule::parse_network(std::string_view text, std::string& error) {
    const auto slash = text.find('/');
    const auto base = text.substr(0, slash);
    host_ = RuledHost(base);
    // Some take 10.1/16 for 10.1.0.0/16; it is 10.0.0.1 otherwise, so it is neither here.
    const bool is_short = slash != text.npos && host_.is_v4_ && std::ranges::count(base, '.') < 3;
    if (!host_.is_address() || (is_short && base.find(':') == base.npos)) return false;
    kind_ = Kind::network;
    const bool is_mapped = host_.is_v4_ && text.find(':') != text.npos;
    const std::size_t most = host_.is_v4_ && !is_mapped ? 32 : 128;
    const auto bits = slash == text.npos ? most : number_of<std::size_t>(text.substr(slash + 1));
    const std::size_t least = is_mapped ? mapped_bits : 0;
    if (!bits || *bits > most || *bits < least) {
        error = quoted(text.substr(slash + 1)) + " is no length of such a network (" +
                std::to_string(least) + " to " + std::to_string(most) + ")";
        return false;
    }
    bits_ = *bits - least;
    return true;
}

bool HostRule::parse_host(std::string_view text, std::string& error) {
    if (text == "*") return true;
    if (parse_network(text, error)) return true;
    if (!error.empty()) return false;
    auto name = text;
    if (name.starts_with("*.")) name.remove_prefix(1);
    if (name.starts_with('.')) name.remove_prefix(1);
    const auto canonical = parse_url_host(name);
    host_ = RuledHost(canonical.value_or(std::string()));
    if (!is_domain(host_.name_)) {
        error = quoted(text) + " is neither a name nor an address nor a network";
        return false;
    }
    kind_ = Kind::name;
    return true;
}

ParsedHostRule parse_host_rule(std::string_view text) {
    ParsedHostRule parsed;
    HostRule rule;
    rule.text_ = text;
    const auto colon = text.rfind(':');
    const bool is_bare_v6 = text.find(':') != colon && !text.starts_with('[');
    const bool in_brackets = colon != text.npos && text.find(']', colon) != text.npos;
    if (colon != text.npos && !is_bare_v6 && !in_brackets) {
        rule.port_ = number_of<std::uint16_t>(text.substr(colon + 1));
        if (!rule.port_ || *rule.port_ == 0) {
            parsed.error = quoted(text.substr(colon + 1)) + " is no port (1 to 65535)";
            return parsed;
        }
        text = text.substr(0, colon);
    }
    if (rule.parse_host(text, parsed.error)) parsed.rule = std::move(rule);
    return parsed;
}

const HostRule* matching_rule(const std::vector<HostRule>& rules, const RuledHost& host,
                              std::uint16_t port) noexcept {
    const auto found = std::ranges::find_if(
        rules, [&host, port](const HostRule& rule) { return rule.matches(host, port); });
    return found == rules.end() ? nullptr : &*found;
}

}  // namespace nettool::proto
