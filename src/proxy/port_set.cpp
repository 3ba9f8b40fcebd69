#include "nettool/proxy/port_set.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>
#include <charconv>

namespace nettool::proxy {
namespace {

constexpr PortSet::Range all = {0, UINT16_MAX};

// Zero for what is none.
std::uint16_t port_of(std::string_view text) {
    std::uint16_t port = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, port);
    return status == std::errc{} && stop == end ? port : std::uint16_t{0};
}

std::optional<PortSet::Range> range_of(std::string_view text) {
    if (text == "*") return all;
    const auto dash = text.find('-');
    const auto first = port_of(text.substr(0, dash));
    const auto last = dash == text.npos ? first : port_of(text.substr(dash + 1));
    if (first == 0 || last < first) return std::nullopt;
    return PortSet::Range{first, last};
}

}  // namespace

bool PortSet::contains(std::uint16_t port) const noexcept {
    return std::ranges::any_of(
        ranges, [port](const Range& range) { return range.first <= port && port <= range.last; });
}

std::string to_string(const PortSet& ports) {
    std::string text;
    for (const auto& range : ports.ranges) {
        if (!text.empty()) text += ',';
        text += range == all ? "*" : std::to_string(range.first);
        if (range != all && range.last != range.first) text += '-' + std::to_string(range.last);
    }
    return text;
}

ParsedPortSet parse_port_set(std::string_view text) {
    PortSet ports;
    for (;;) {
        const auto comma = text.find(',');
        const auto word = text.substr(0, comma);
        const auto range = range_of(word);
        if (!range)
            return {std::nullopt, quoted(word) + " is neither a port (1 to 65535) nor FIRST-LAST"};
        ports.ranges.push_back(*range);
        if (comma == text.npos) return {std::move(ports), {}};
        text.remove_prefix(comma + 1);
    }
}

}  // namespace nettool::proxy
