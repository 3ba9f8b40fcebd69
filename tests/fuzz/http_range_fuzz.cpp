// The first two bytes are the size of the file, the rest the value of the field.
#include "nettool/proto/web/http_range.hpp"

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using nettool::proto::Ranges;
    if (size < 2) return 0;
    const std::uint64_t whole = data[0] * 256U + data[1];
    const auto ranges =
        nettool::proto::judge_ranges({reinterpret_cast<const char*>(data) + 2, size - 2}, whole);
    require((ranges.verdict == Ranges::Verdict::partial) == !ranges.parts.empty());
    require(ranges.parts.size() <= Ranges::max_parts);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < ranges.parts.size(); ++i) {
        const auto& part = ranges.parts[i];
        require(part.first <= part.last && part.last < whole);
        sum += part.size();
        for (std::size_t j = 0; j < i; ++j)
            require(part.last < ranges.parts[j].first || part.first > ranges.parts[j].last);
    }
    require(sum <= whole);
    return 0;
}
