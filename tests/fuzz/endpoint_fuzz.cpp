// Whatever is accepted as an endpoint is written as it was read.

#include "nettool/net/endpoint.hpp"

#include <cstddef>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto endpoint = nettool::net::parse_endpoint(text);
    if (!endpoint) return 0;
    const auto again = nettool::net::parse_endpoint(to_string(*endpoint));
    if (!again || *again != *endpoint) __builtin_trap();
    return 0;
}
