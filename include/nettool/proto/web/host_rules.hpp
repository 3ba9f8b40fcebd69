#pragma once
// Which hosts are meant by a rule: a name with all below it, an address, a network, each perhaps
// with a port, or `*`.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

/// A host as rules compare it: a name in lower case without its final dot, or an address.  An IPv4
/// address is one in whatever form it comes: `::ffff:10.0.0.1` and, as in URLs, `0x0a000001`.
class RuledHost {
public:
    /// Of a URL, a Host field or an option; an IPv6 address may have brackets.
    explicit RuledHost(std::string_view text);
    /// Of 4 or 16 bytes, in network order.
    explicit RuledHost(std::span<const unsigned char> address);

    bool is_address() const noexcept { return is_v4_ || is_v6_; }
    /// Its 4 or 16 bytes; none for a name.
    std::span<const unsigned char> address() const noexcept {
        constexpr std::size_t v4_bytes = 4;
        return {bytes_.data(), is_v4_ ? v4_bytes : is_v6_ ? bytes_.size() : 0};
    }

private:
    friend class HostRule;

    bool take_address(std::string_view text);
    void take_mapped();

    std::string name_;
    std::array<unsigned char, 16> bytes_{};  // IPv4 uses the first four
    bool is_v4_ = false;
    bool is_v6_ = false;
};

struct ParsedHostRule;

/// Made once, asked often.
class HostRule {
public:
    bool matches(const RuledHost& host, std::uint16_t port) const noexcept;
    /// Whether it is about addresses, so that a name may turn out to be one of them.
    bool is_network() const noexcept { return kind_ == Kind::network; }
    /// As it was written.
    const std::string& text() const noexcept { return text_; }

private:
    friend ParsedHostRule parse_host_rule(std::string_view text);
    enum class Kind { all, name, network };

    bool parse_host(std::string_view text, std::string& error);
    bool parse_network(std::string_view text, std::string& error);

    std::string text_;
    Kind kind_ = Kind::all;
    RuledHost host_{std::string_view()};
    std::size_t bits_ = 0;  // of the network
    std::optional<std::uint16_t> port_;
};

struct ParsedHostRule {
    std::optional<HostRule> rule;
    std::string error;  // why there is none, with the offending word
};

/// `*`, `example.com` or `.example.com` or `*.example.com`, `10.1.2.3`, `10.0.0.0/8`, `::1`,
/// `fe80::/10`, `[fe80::]/10`; all but an IPv6 address without brackets may end in `:PORT`.  Total
/// over any text.
ParsedHostRule parse_host_rule(std::string_view text);

/// The first of them that means this host; null if none does.
const HostRule* matching_rule(const std::vector<HostRule>& rules, const RuledHost& host,
                              std::uint16_t port) noexcept;

}  // namespace nettool::proto
