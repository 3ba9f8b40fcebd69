#include "nettool/proto/classroom/ping_statistics.hpp"

#include <algorithm>
#include <cmath>

namespace nettool::proto {
namespace {

constexpr std::size_t remembered = 65'536;

double quantile(const std::vector<double>& sorted, double share) {
    const auto rank = std::ceil(share * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

}  // namespace

PingStatistics::State* PingStatistics::state_of(std::uint64_t number) {
    if (number < first_ || number - first_ >= states_.size()) return nullptr;
    return &states_[number - first_];
}

bool PingStatistics::waits_for(std::uint64_t number) const {
    return number >= first_ && number - first_ < states_.size() &&
           states_[number - first_] == State::waiting;
}

void PingStatistics::transmitted() {
    ++transmitted_;
    states_.push_back(State::waiting);
    if (states_.size() <= remembered) return;
    states_.pop_front();
    ++first_;
}

void PingStatistics::give_up(std::uint64_t number) {
    auto* state = state_of(number);
    if (state && *state == State::waiting) *state = State::lost;
}

PingStatistics::Arrival PingStatistics::arrived(std::uint64_t number, Duration round_trip) {
    auto* state = state_of(number);
    if (state && *state == State::answered) {
        ++duplicates_;
        return Arrival::duplicate;
    }
    if (!state || *state == State::lost) {
        ++late_;
        return Arrival::late;
    }
    *state = State::answered;
    ++received_;
    if (number < highest_answered_) ++reordered_;
    highest_answered_ = std::max(highest_answered_, number);
    record(std::chrono::duration<double, std::milli>(round_trip).count());
    return Arrival::reply;
}

void PingStatistics::record(double milliseconds) {
    constexpr double gain = 16;  // RFC 3550, section 6.4.1
    const bool first = received_ == 1;
    min_ = first ? milliseconds : std::min(min_, milliseconds);
    max_ = first ? milliseconds : std::max(max_, milliseconds);
    sum_ += milliseconds;
    sum_of_squares_ += milliseconds * milliseconds;
    if (!first) jitter_ += (std::abs(milliseconds - last_) - jitter_) / gain;
    last_ = milliseconds;
    if (samples_.size() < max_samples) return samples_.push_back(milliseconds);
    // A reservoir: the newest takes the place of any with the chance that keeps all alike.
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;
    const auto place = (random_ >> 11) % received_;
    if (place < max_samples) samples_[place] = milliseconds;
}

double PingStatistics::loss_percent() const {
    if (transmitted_ == 0) return 0;
    return 100 * static_cast<double>(transmitted_ - received_) / static_cast<double>(transmitted_);
}

std::optional<PingStatistics::RoundTrips> PingStatistics::round_trips() const {
    if (received_ == 0) return std::nullopt;
    auto sorted = samples_;
    std::ranges::sort(sorted);
    const auto count = static_cast<double>(received_);
    const double avg = sum_ / count;
    const double variance = std::max(0.0, sum_of_squares_ / count - avg * avg);
    return RoundTrips{min_,
                      avg,
                      max_,
                      std::sqrt(variance),
                      quantile(sorted, 0.5),
                      quantile(sorted, 0.9),
                      quantile(sorted, 0.95),
                      quantile(sorted, 0.99),
                      jitter_};
}

}  // namespace nettool::proto
