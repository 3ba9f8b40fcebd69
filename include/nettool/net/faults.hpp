#pragma once
// An imperfect network, made up: what happens to datagrams and streams, repeatable by its seed.

#include "nettool/base/dice.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace nettool::net {

/// Chances are from 0 to 1; times are zero for none.
struct DatagramFaultOptions {
    double loss = 0;
    double duplicate = 0;
    double reorder = 0;  // held back until the next one has passed it
    double corrupt = 0;  // a flipped bit
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds jitter{0};  // the delay is up to so much shorter or longer
    std::uint64_t seed = 0;

    bool any() const noexcept;
};

/// What becomes of one datagram.
struct Fate {
    bool lost = false;
    bool held_back = false;
    std::chrono::microseconds delay{0};
    std::optional<std::chrono::microseconds> copy;  // when a second one comes
    std::optional<std::size_t> flipped_bit;
};

/// `lost`, `delayed by 80.0 ms, doubled`; empty for what is left alone.
std::string words_of(const Fate& fate);

class DatagramFaults {
public:
    explicit DatagramFaults(const DatagramFaultOptions& options)
        : options_(options), dice_(options.seed) {}

    /// Of the next datagram, which has `size` bytes.  Each datagram uses up the same number of
    /// chances: with one seed the same ones are lost whatever else is set.
    Fate next(std::size_t size);

private:
    DatagramFaultOptions options_;
    Dice dice_;
};

struct StreamFaultOptions {
    std::chrono::milliseconds delay{0};  // of every write but those right behind another
    std::chrono::milliseconds jitter{0};
    std::uint64_t bytes_per_second = 0;  // zero: as fast as it goes
    bool one_byte = false;               // a segment for every byte, a millisecond apart
    double reset = 0;                    // the chance that a write ends in a reset half-way
    std::uint64_t seed = 0;

    bool any() const noexcept;
};

/// What becomes of the writes of one connection.
class StreamFaults {
public:
    /// `connection`: its number at this listener; with one seed each has a fate of its own.
    StreamFaults(const StreamFaultOptions& options, std::uint64_t connection);

    struct Write {
        std::chrono::microseconds delay{0};
        bool reset = false;
    };
    Write next();
    /// `a segment for each byte, ends in a reset`; empty for what is left alone.
    std::string words_of(const Write& write) const;

    /// How much of `left` bytes goes at once, and how long to wait after that.
    std::size_t portion(std::size_t left) const noexcept;
    std::chrono::microseconds wait_after(std::size_t portion) const noexcept;

private:
    StreamFaultOptions options_;
    Dice dice_;
};

}  // namespace nettool::net
