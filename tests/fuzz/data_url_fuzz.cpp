// A data: URL, its scheme left out.
#include "nettool/proto/web/data_url.hpp"

#include <cstdint>

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nettool::proto;
    const auto url = parse_url("data:" + std::string(reinterpret_cast<const char*>(data), size));
    const auto read = url ? read_data_url(*url) : std::nullopt;
    if (!read) return 0;
    require(read->body.size() <= 3 * size);
    // What is written is read again as the same.
    const auto text = to_string(read->type);
    const auto again = parse_mime_type(text);
    require(again && to_string(*again) == text);
    return 0;
}
