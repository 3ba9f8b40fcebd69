#pragma once
// Which bytes of a representation a Range field asks for (RFC 9110 §14).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;  // inclusive

    std::uint64_t size() const noexcept { return last - first + 1; }
    bool operator==(const ByteRange&) const = default;
};

struct Ranges {
    enum class Verdict {
        whole,          // there is nothing to heed: the whole representation
        partial,        // `parts`
        unsatisfiable,  // 416
    };

    static constexpr std::size_t max_parts = 16;

    Verdict verdict = Verdict::whole;
    std::vector<ByteRange> parts;  // within the size; apart from one another
};

/// Total over any value.  What overlaps or touches is one part; more than max_parts ranges, or more
/// bytes than the whole has, are the whole.
Ranges judge_ranges(std::string_view value, std::uint64_t size);

/// `bytes 0-9/100`
std::string content_range(const ByteRange& range, std::uint64_t size);
/// `bytes */100`
std::string unsatisfied_range(std::uint64_t size);

}  // namespace nettool::proto
