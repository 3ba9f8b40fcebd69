#include "nettool/base/dice.hpp"

namespace nettool {
namespace {

// Neighbouring seeds shall not begin alike (the finalizer of SplitMix64).
std::uint32_t scrambled(std::uint64_t seed) {
    seed += 0x9e3779b97f4a7c15;
    seed = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9;
    seed = (seed ^ seed >> 27) * 0x94d049bb133111eb;
    return static_cast<std::uint32_t>(seed ^ seed >> 31);
}

}  // namespace

Dice::Dice(std::uint64_t seed) : random_(scrambled(seed)) {}

double Dice::roll() {
    constexpr auto lowest = std::minstd_rand::min();
    constexpr auto count = static_cast<double>(std::minstd_rand::max() - lowest + 1);
    return static_cast<double>(random_() - lowest) / count;
}

}  // namespace nettool
