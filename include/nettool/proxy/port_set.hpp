#pragma once
// A set of ports as people write it: 443,8443,1000-2000, or * for all.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proxy {

struct PortSet {
    struct Range {
        std::uint16_t first, last;

        bool operator==(const Range&) const = default;
    };

    std::vector<Range> ranges;

    bool contains(std::uint16_t port) const noexcept;
    bool operator==(const PortSet&) const = default;
};

std::string to_string(const PortSet& ports);

struct ParsedPortSet {
    std::optional<PortSet> ports;
    std::string error;  // why there is none, with the offending word
};

/// Total over any text; the inverse of to_string.
ParsedPortSet parse_port_set(std::string_view text);

}  // namespace nettool::proxy
