// The first line is a target, the rest a robots.txt.
#include "nettool/proto/web/robots.hpp"

#include <algorithm>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto target = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(target.size() + 1, text.size()));
    const nettool::proto::Robots robots(text, "nettool");
    (void)robots.allows(target);
    if (!robots.allows("/robots.txt")) __builtin_trap();
    return 0;
}
