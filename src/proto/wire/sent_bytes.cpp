#include "nettool/proto/wire/sent_bytes.hpp"

#include <algorithm>
#include <utility>

namespace nettool::proto {
namespace {

// Far enough from zero that what was sent before the beginning has a position too.
constexpr SentBytes::Position origin = std::uint64_t{1} << 33;

}  // namespace

void SentBytes::begin(std::uint32_t next) {
    begun_ = true;
    first_ = next - 1;
    end_ = acknowledged_ = next_ = base_ = origin + 1;
    seen_.clear();
    seen_.add(origin, end_);
    known_.clear();
    memory_.clear();
    gap_ = false;
}

void SentBytes::begin_midway(std::uint32_t next) {
    begin(next);
    seen_.clear();
    gap_ = true;
}

SentBytes::Position SentBytes::position_of(std::uint32_t sequence) const noexcept {
    const auto end = first_ + static_cast<std::uint32_t>(end_ - origin);
    return end_ + static_cast<std::uint64_t>(
                      static_cast<std::int64_t>(static_cast<std::int32_t>(sequence - end)));
}

SentBytes::Verdict SentBytes::judge(Position begin, Position end, std::string_view captured) const {
    if (begin > end_) return {Sent::ahead, begin - end_};
    if (begin == end_) return {};
    const auto old = std::min(end, end_);
    if (!seen_.contains(begin, old)) return {Sent::into_hole, 0};
    const auto from = std::max(begin, base_);
    const auto to = std::min(old, begin + captured.size());
    const bool comparable = from < to && known_.contains(from, to);
    if (comparable &&
        memory_.compare(from - base_, to - from, captured, from - begin, to - from) != 0)
        return {Sent::differently, 0};
    return {Sent::again, 0};
}

SentBytes::Verdict SentBytes::add(std::uint32_t sequence, std::string_view captured,
                                  std::size_t size) {
    const auto begin = position_of(sequence);
    const auto end = begin + size;
    const auto verdict = judge(begin, end, captured);
    seen_.add(begin, end);
    end_ = std::max(end_, end);
    remember(begin, captured);
    return verdict;
}

void SentBytes::add_fin(std::uint32_t sequence) {
    const auto at = position_of(sequence);
    seen_.add(at, at + 1);
    end_ = std::max(end_, at + 1);
    fin_ = at;
}

void SentBytes::remember(Position begin, std::string_view captured) {
    if (begin < base_) {
        captured.remove_prefix(std::min<std::uint64_t>(captured.size(), base_ - begin));
        begin = base_;
    }
    if (captured.empty()) return;
    if (begin > next_ + max_waiting) skip_to(begin);
    const auto at = begin - base_;
    if (at == memory_.size()) {
        memory_ += captured;
    } else {
        if (at + captured.size() > memory_.size()) memory_.resize(at + captured.size());
        // The first copy of a byte counts, as with the receiver.
        for (Position from = known_.run_end(begin), end = begin + captured.size(); from < end;) {
            const auto to = known_.first_from(from, end);
            const auto size = std::min(to, end) - from;
            captured.copy(memory_.data() + (from - base_), size, from - begin);
            from = known_.run_end(from + size);
        }
    }
    known_.add(begin, begin + captured.size());
}

std::uint64_t SentBytes::acknowledge(std::uint32_t sequence) {
    const auto position = position_of(sequence);
    if (position <= acknowledged_) return 0;
    const auto lost = seen_.missing(acknowledged_, position);
    acknowledged_ = position;
    end_ = std::max(end_, position);
    if (next_ < position && known_.run_end(next_) == next_)
        skip_to(std::min(known_.first_from(next_, position), position));
    return lost;
}

// The FIN, which has no byte, is no gap.
void SentBytes::skip_to(Position position) {
    const bool only_fin = next_ == fin_ && position == next_ + 1;
    gap_ = gap_ || !only_fin;
    next_ = std::max(next_, position);
    if (next_ <= base_ + memory_.size()) return;
    memory_.clear();
    known_.clear();
    base_ = next_;
}

void SentBytes::trim() {
    if (next_ < base_ + 2 * remembered) return;
    const auto base = next_ - remembered;
    memory_.erase(0, base - base_);
    known_.forget_before(base);
    base_ = base;
}

std::optional<SentBytes::Piece> SentBytes::take() {
    trim();
    auto end = known_.run_end(next_);
    // What was sent and is not known was cut off by the capture, and will not come.
    if (const auto sent = seen_.run_end(next_); end == next_ && sent > next_) {
        skip_to(std::min(known_.first_from(next_, sent), sent));
        end = known_.run_end(next_);
    }
    if (end == next_) return std::nullopt;
    const Piece piece{std::string_view(memory_).substr(next_ - base_, end - next_),
                      std::exchange(gap_, false)};
    next_ = end;
    return piece;
}

void SentBytes::forget() {
    memory_.clear();
    memory_.shrink_to_fit();
    known_.clear();
    gap_ = gap_ || next_ != end_;
    next_ = base_ = end_;
}

}  // namespace nettool::proto
