#pragma once
// Chances that come out the same from the same seed, on every machine.

#include <cstdint>
#include <random>

namespace nettool {

class Dice {
public:
    explicit Dice(std::uint64_t seed);

    double roll();  // from 0 to below 1
    bool happens(double chance) { return roll() < chance; }

private:
    std::minstd_rand random_;
};

}  // namespace nettool
