// A style sheet.
#include "nettool/proto/web/css_urls.hpp"

#include <cstdint>

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::size_t bytes = 0;
    for (const auto& url : nettool::proto::css_urls(text)) {
        require(!url.text.empty() && !url.text.starts_with('#'));
        bytes += url.text.size();
    }
    // An escape of two bytes may become three of UTF-8, never more.
    require(bytes <= 3 * size);
    return 0;
}
