#pragma once
// Which positions of a stream of bytes have been seen: disjoint half-open ranges.

#include <cstdint>
#include <map>

namespace nettool::proto {

/// Beyond max_ranges the two lowest become one: a hole is forgotten, never a byte.
class Ranges {
public:
    static constexpr std::size_t max_ranges = 1000;

    void add(std::uint64_t begin, std::uint64_t end);
    bool contains(std::uint64_t begin, std::uint64_t end) const;
    bool touches(std::uint64_t begin, std::uint64_t end) const;
    /// How many of these positions are missing.
    std::uint64_t missing(std::uint64_t begin, std::uint64_t end) const;
    /// Behind the range that holds `at`; `at` if none does.
    std::uint64_t run_end(std::uint64_t at) const;
    /// The first position from `at` on that is in a range; `otherwise` if there is none.
    std::uint64_t first_from(std::uint64_t at, std::uint64_t otherwise) const;
    void forget_before(std::uint64_t at);
    void clear() { ranges_.clear(); }
    bool empty() const { return ranges_.empty(); }

private:
    using Map = std::map<std::uint64_t, std::uint64_t>;  // begin to end

    Map::const_iterator holding(std::uint64_t at) const;

    Map ranges_;
};

}  // namespace nettool::proto
