#pragma once
// What ping(8) counts and computes, with quantiles and the jitter of RFC 3550.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace nettool::proto {

class PingStatistics {
public:
    using Duration = std::chrono::nanoseconds;

    /// Probes are numbered from 1 and sent in order.
    void transmitted();
    /// Its time is over: it stays lost, whatever comes later.
    void give_up(std::uint64_t number);

    enum class Arrival { reply, duplicate, late };
    /// A reply to this probe, which has been transmitted.
    Arrival arrived(std::uint64_t number, Duration round_trip);
    void count_corrupt() { ++corrupt_; }
    void count_stray() { ++stray_; }

    bool waits_for(std::uint64_t number) const;

    std::uint64_t sent() const noexcept { return transmitted_; }
    std::uint64_t received() const noexcept { return received_; }
    std::uint64_t duplicates() const noexcept { return duplicates_; }
    /// Came behind the answer to a later probe (RFC 4737).
    std::uint64_t reordered() const noexcept { return reordered_; }
    std::uint64_t late() const noexcept { return late_; }
    std::uint64_t corrupt() const noexcept { return corrupt_; }
    std::uint64_t stray() const noexcept { return stray_; }
    /// 0 to 100.
    double loss_percent() const;

    /// Of the replies; all in milliseconds.
    struct RoundTrips {
        double min, avg, max, mdev;
        double p50, p90, p95, p99;  // nearest rank
        double jitter;
    };
    std::optional<RoundTrips> round_trips() const;

    /// The quantiles are of at most so many round trips, each as likely as any other.
    static constexpr std::size_t max_samples = 100'000;

private:
    enum class State : std::uint8_t { waiting, answered, lost };

    State* state_of(std::uint64_t number);
    void record(double milliseconds);

    std::deque<State> states_;  // of the probes from first_ on
    std::uint64_t first_ = 1;
    std::uint64_t transmitted_ = 0, received_ = 0, duplicates_ = 0, reordered_ = 0, late_ = 0;
    std::uint64_t corrupt_ = 0, stray_ = 0;
    std::uint64_t highest_answered_ = 0;
    double min_ = 0, max_ = 0, sum_ = 0, sum_of_squares_ = 0, jitter_ = 0, last_ = 0;
    std::vector<double> samples_;
    std::uint64_t random_ = 1;
};

}  // namespace nettool::proto
