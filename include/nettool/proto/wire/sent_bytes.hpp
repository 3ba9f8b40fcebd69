#pragma once
// What one side of a TCP connection has sent: which bytes were seen, and the latest of them.

#include "nettool/proto/wire/ranges.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// Sequence numbers wrap (RFC 9293, section 3.4); positions do not.
class SentBytes {
public:
    using Position = std::uint64_t;
    static constexpr std::size_t remembered = 64UL << 10;  // of what was taken
    static constexpr std::size_t max_waiting = 1UL << 20;  // behind what is missing

    enum class Sent { fresh, ahead, again, differently, into_hole };
    struct Verdict {
        Sent sent = Sent::fresh;
        std::uint64_t missing = 0;  // bytes before what is ahead
    };
    struct Piece {
        std::string_view bytes;   // until the next call
        bool behind_gap = false;  // something before them was not captured
    };

    bool has_begun() const noexcept { return begun_; }
    /// The next number will be `next`, the one before it is the first of all.
    void begin(std::uint32_t next);
    /// The same for what was already under way.
    void begin_midway(std::uint32_t next);

    Position position_of(std::uint32_t sequence) const noexcept;
    /// Since the first; it wraps as sequence numbers do.
    std::uint32_t relative(std::uint32_t sequence) const noexcept { return sequence - first_; }
    Position end() const noexcept { return end_; }  // behind all that was sent
    Position acknowledged() const noexcept { return acknowledged_; }

    /// `size` bytes were sent, of which these were captured.
    Verdict add(std::uint32_t sequence, std::string_view captured, std::size_t size);
    /// A FIN takes a number too.
    void add_fin(std::uint32_t sequence);
    /// The peer has all before `sequence`.  How many of these were never captured.
    std::uint64_t acknowledge(std::uint32_t sequence);

    /// The next bytes in order, if there are any.
    std::optional<Piece> take();
    /// Gives its memory back; what was not taken is lost.
    void forget();
    std::size_t memory() const noexcept { return memory_.capacity(); }

private:
    Verdict judge(Position begin, Position end, std::string_view captured) const;
    void remember(Position begin, std::string_view captured);
    void skip_to(Position position);
    void trim();

    bool begun_ = false;
    std::uint32_t first_ = 0;
    Position end_ = 0;
    Position acknowledged_ = 0;
    Position next_ = 0;  // to be taken
    std::optional<Position> fin_;
    bool gap_ = false;
    Ranges seen_;
    Ranges known_;       // of the memory: what was captured
    Position base_ = 0;  // where the memory begins
    std::string memory_;
};

}  // namespace nettool::proto
