// Whatever is accepted as a set of ports is read again as it is written.

#include "nettool/proxy/port_set.hpp"

#include <cstddef>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nettool::proxy;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = parse_port_set(text);
    if (parsed.ports.has_value() == !parsed.error.empty()) __builtin_trap();
    if (!parsed.ports) return 0;
    if (parse_port_set(to_string(*parsed.ports)).ports != parsed.ports) __builtin_trap();
    for (const auto& range : parsed.ports->ranges)
        if (!parsed.ports->contains(range.first) || !parsed.ports->contains(range.last))
            __builtin_trap();
    return 0;
}
