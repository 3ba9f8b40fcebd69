#include "nettool/proto/wire/ranges.hpp"

#include <algorithm>
#include <iterator>

namespace nettool::proto {

// The last range that begins at or before it, whether it holds it or not.
Ranges::Map::const_iterator Ranges::holding(std::uint64_t at) const {
    const auto next = ranges_.upper_bound(at);
    return next == ranges_.begin() ? ranges_.end() : std::prev(next);
}

void Ranges::add(std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return;
    auto next = ranges_.upper_bound(begin);
    const bool joins = next != ranges_.begin() && std::prev(next)->second >= begin;
    const auto at = joins ? std::prev(next) : ranges_.emplace_hint(next, begin, end);
    at->second = std::max(at->second, end);
    for (next = std::next(at); next != ranges_.end() && next->first <= at->second;) {
        at->second = std::max(at->second, next->second);
        next = ranges_.erase(next);
    }
    if (ranges_.size() <= max_ranges) return;
    const auto second = std::next(ranges_.begin());
    ranges_.begin()->second = second->second;
    ranges_.erase(second);
}

bool Ranges::contains(std::uint64_t begin, std::uint64_t end) const {
    return begin >= end || run_end(begin) >= end;
}

bool Ranges::touches(std::uint64_t begin, std::uint64_t end) const {
    return first_from(begin, end) < end;
}

std::uint64_t Ranges::missing(std::uint64_t begin, std::uint64_t end) const {
    std::uint64_t count = 0;
    for (auto at = run_end(begin); at < end;) {
        const auto next = std::min(first_from(at, end), end);
        count += next - at;
        at = run_end(next);
    }
    return count;
}

std::uint64_t Ranges::run_end(std::uint64_t at) const {
    const auto range = holding(at);
    return range == ranges_.end() ? at : std::max(at, range->second);
}

std::uint64_t Ranges::first_from(std::uint64_t at, std::uint64_t otherwise) const {
    if (run_end(at) > at) return at;
    const auto next = ranges_.lower_bound(at);
    return next == ranges_.end() ? otherwise : next->first;
}

void Ranges::forget_before(std::uint64_t at) {
    while (!ranges_.empty() && ranges_.begin()->first < at) {
        const auto end = ranges_.begin()->second;
        ranges_.erase(ranges_.begin());
        if (end > at) ranges_.emplace(at, end);
    }
}

}  // namespace nettool::proto
