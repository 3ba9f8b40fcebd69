#pragma once
// A token bucket: so many a second on average, and a burst at once.

#include <algorithm>
#include <chrono>

namespace nettool::net {

class TokenBucket {
public:
    using Clock = std::chrono::steady_clock;

    /// Full at the beginning.
    TokenBucket(double per_second, double burst, Clock::time_point now)
        : per_second_(per_second), burst_(burst), tokens_(burst), filled_(now) {}

    /// Takes one if there is one.
    bool take(Clock::time_point now) {
        fill(now);
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }

    /// Takes so many, on credit if need be; returns how long to wait until the debt is paid.
    Clock::duration charge(double count, Clock::time_point now) {
        fill(now);
        tokens_ -= count;
        if (tokens_ >= 0) return {};
        return std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(-tokens_ / per_second_));
    }

private:
    void fill(Clock::time_point now) {
        const std::chrono::duration<double> passed = now - filled_;
        tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
        filled_ = now;
    }

    double per_second_;
    double burst_;
    double tokens_;
    Clock::time_point filled_;
};

}  // namespace nettool::net
