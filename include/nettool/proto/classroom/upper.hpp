#pragma once
// Upper-cases UTF-8 that arrives in pieces, and checks that somebody else did.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace nettool::proto {

enum class UpperMode {
    unicode,
    ascii,       // a-z only
    capitalize,  // the first letter of each message only
};

/// What becomes of a character whose upper case is not one character of the same length.
enum class UpperMapping {
    simple,   // always one character
    fitting,  // simple, but a letter that would grow in UTF-8 stays as it is
    full,     // ß becomes SS
};

/// The server's side over a stream.  Invalid bytes pass untouched; at most the 3 bytes of a
/// character that is not whole yet are held.
class UpperFilter {
public:
    explicit UpperFilter(UpperMode mode, UpperMapping mapping = UpperMapping::simple)
        : mode_(mode), mapping_(mapping) {}

    /// Appends what becomes of `chunk` to `out`.
    void feed(std::string_view chunk, std::string& out);

    /// Gives the held bytes as they are: at EOF, or when their rest does not come.
    void flush(std::string& out);

    bool holds() const { return !held_.empty(); }
    std::string_view held() const { return held_; }

    /// The next letter begins a message, as it does after an LF (UpperMode::capitalize).
    void message_ended() { starting_ = true; }

private:
    std::size_t complete_held(std::string_view chunk, std::string& out);
    std::size_t take_some(std::string_view text, std::string& out);
    std::size_t take_character(std::string_view text, std::string& out);
    std::size_t pass_line(std::string_view text, std::string& out);
    void map(std::string_view character, std::string& out);

    UpperMode mode_;
    UpperMapping mapping_;
    std::string held_;
    bool starting_ = true;
};

/// The server's side over datagrams: never longer than the request.
std::string upper_datagram(UpperMode mode, std::string_view request);

/// The client's check of a reply stream: simple, full and ASCII mapping are right, a mixture is
/// not.  Keeps only what is expected but not received yet.
class UpperCheck {
public:
    /// `simple` becomes UpperMapping::fitting for replies that must not grow (datagrams).
    explicit UpperCheck(UpperMapping simple = UpperMapping::simple);

    /// Before the bytes leave: a reply must not overtake what it is compared with.
    void sent(std::string_view chunk);

    /// False as soon as no mapping fits what has been received.
    bool received(std::string_view chunk);

    /// Whether, now that the reply has ended, one of the mappings was received wholly.
    bool complete() const;

private:
    class Candidate {
    public:
        explicit Candidate(UpperFilter filter) : filter_(std::move(filter)) {}

        void sent(std::string_view chunk);
        bool received(std::string_view chunk);
        bool complete() const { return fits_ && pending().empty() && !filter_.holds(); }

    private:
        std::string_view pending() const { return std::string_view(expected_).substr(seen_); }
        void consume(std::size_t n);

        UpperFilter filter_;
        std::string expected_;
        std::size_t seen_ = 0;  // bytes of expected_ that have been received
        bool fits_ = true;
    };

    std::array<Candidate, 3> candidates_;
};

}  // namespace nettool::proto
