#pragma once
// The texts of the chat room: names nobody can forge, lines of bounded length, who is here.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace nettool::proto {

/// What an identification becomes: trimmed, at most 32 columns, without control characters, and
/// without what could make it look like a line of the server's or another name; empty if nothing
/// is left.
std::string chat_name(std::string_view identification);

/// The names in use, each once without regard to case.
class ChatNames {
public:
    bool take(const std::string& name);
    /// The name itself, or with `-2`, `-3`, … behind it.
    std::string take_any(const std::string& name);
    void give_back(const std::string& name);

private:
    std::set<std::string> folded_;
};

/// Cuts what a connection sends into lines: at LF, at NUL (C programs send their whole buffer), and
/// in the midst, between two characters, when a line gets longer than max_bytes.
class ChatLines {
public:
    static constexpr std::size_t max_bytes = 4096;

    struct Line {
        std::string text;
        bool has_line_feed = false;
    };

    void feed(std::string_view bytes) { pending_ += bytes; }
    std::optional<Line> next();
    /// What is left, at a gap or at the end; nothing if nothing is.
    std::optional<Line> rest();

    bool unfinished() const noexcept { return begin_ < pending_.size(); }
    bool saw_line_feed() const noexcept { return saw_line_feed_; }

private:
    Line take(std::size_t size, std::size_t separator);

    std::string pending_;
    std::size_t begin_ = 0;     // what is before has been taken
    std::size_t searched_ = 0;  // no end of a line in so many bytes behind begin_
    bool saw_line_feed_ = false;
};

/// `alice: text` and LF, escaped; empty if nothing is said.  A prefix `alice: ` that a naive client
/// sends itself is not repeated.
std::string chat_message(std::string_view name, std::string_view text);

/// `2 others here: bob, carol`, at most twenty by name.
std::string others_here(std::size_t count, std::span<const std::string_view> names);
inline constexpr std::size_t most_names = 20;

/// Says who joins and leaves, one by one while they are few, by number when they are many.
class ChatCrowd {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr unsigned one_by_one = 20;  // a second

    enum class Move { join, leave };
    /// The line to send, or nothing: it is counted.
    std::optional<std::string> moved(Move move, std::string_view name, std::string_view why,
                                     Clock::time_point now);
    /// When the counts are due; nothing while there are none.
    std::optional<Clock::time_point> due() const;
    /// The lines for all that were counted, which are forgotten.
    std::string counted();

private:
    Clock::time_point begin_{};
    unsigned moves_ = 0;
    std::uint64_t joined_ = 0, left_ = 0;
};

}  // namespace nettool::proto
