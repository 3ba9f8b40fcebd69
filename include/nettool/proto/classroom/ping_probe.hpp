#pragma once
// The text probes of a UDP ping run, and what a datagram that comes back has to do with them.

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// A probe is `Ping 7 1700000000.123456789481516`: its number from 1, and the time in seconds whose
/// last six digits are the cookie of the run.
class PingProbes {
public:
    /// `size_bytes`: what a probe is padded to, with zeros before the cookie; zero: not at all.
    PingProbes(std::uint32_t cookie, std::size_t size_bytes)
        : cookie_(cookie % cookies), size_bytes_(size_bytes) {}

    static constexpr std::uint32_t cookies = 1'000'000;
    /// Older probes are not recognised any more.
    static constexpr std::size_t remembered = 65'536;

    /// Without padding.
    static std::size_t size_of(std::uint64_t number);

    /// The text of the next one.
    std::string next(std::chrono::nanoseconds since_epoch);
    std::uint64_t sent() const noexcept { return first_ + times_.size() - 1; }

    enum class Kind {
        verified,    // the probe itself, in any case, its Pong, or what has its number and cookie
        unverified,  // some other text, while a single probe waits for its answer
        corrupt,     // a damaged copy of a probe
        stray,       // anything else
    };
    struct Judgement {
        Kind kind = Kind::stray;
        std::uint64_t number = 0;  // of the probe, if it is known
    };

    /// `outstanding`: the one probe that waits, if there is just one; the reply came from where it
    /// had been sent.
    Judgement judge(std::string_view reply, std::optional<std::uint64_t> outstanding) const;

    /// Of the probe that these bytes are, as ICMP errors quote it.
    std::optional<std::uint64_t> number_of(std::string_view probe) const;

private:
    struct Tokens;

    bool remembers(std::uint64_t number) const noexcept {
        return number >= first_ && number <= sent();
    }
    std::string time_token(std::uint64_t number) const;
    std::string text(std::string_view word, std::uint64_t number) const;
    std::optional<std::uint64_t> number_by_time(std::string_view token) const;
    Tokens read(std::string_view text) const;
    bool is_damaged(std::string_view reply, std::uint64_t number, bool intact) const;

    std::uint32_t cookie_;
    std::size_t size_bytes_;
    std::uint64_t first_ = 1;
    std::deque<std::chrono::nanoseconds> times_;  // from number first_ on
};

/// The answer of the exercise: `Ping …` becomes `Pong …`, in the same length; anything else stays.
std::string pong_of(std::string_view probe);

}  // namespace nettool::proto
