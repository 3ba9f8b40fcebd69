// A srcset attribute.
#include "nettool/proto/web/srcset.hpp"

#include <cstdint>

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto candidates = nettool::proto::parse_srcset(text);
    for (const auto& candidate : candidates) {
        require(!candidate.url.empty());
        require(candidate.url.data() >= text.data() &&
                candidate.url.data() + candidate.url.size() <= text.data() + text.size());
        require(candidate.url.find_first_of(" \t\n\f\r") == std::string_view::npos);
        require(!candidate.url.starts_with(',') && !candidate.url.ends_with(','));
        require(candidate.width.has_value() != candidate.density.has_value());
    }
    if (!candidates.empty()) require(!best_candidate(candidates).url.empty());
    return 0;
}
