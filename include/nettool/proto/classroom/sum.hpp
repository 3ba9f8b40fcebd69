#pragma once
// Both sides of the sum protocol without any I/O: bytes in, bytes out.

#include "nettool/proto/classroom/exact_sum.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace nettool::proto {

/// The server's side: `1|2|3.5|.` is answered with `6.5`.  Any cut of the same bytes into feeds
/// gives the same replies but for the LF at their very end: a sum does not wait for it.
class SumDialog {
public:
    struct Limits {
        std::size_t numbers = 1'000'000;
        std::size_t characters = 100'000;  // of one number
    };

    SumDialog() = default;
    explicit SumDialog(Limits limits) : limits_(limits) {}

    void feed(std::string_view bytes);
    void pause();  // nothing has come for 500 ms
    void end();    // nothing will come

    /// All bytes to send now; they are given once.
    std::string take_reply() { return std::exchange(reply_, {}); }

    /// Whether a pause would end the list: `3.` may be a sum's end or a decimal's beginning.
    bool undecided() const { return token_.ends_with('.'); }
    bool half() const { return undecided(); }
    /// Whether no list is begun.
    bool idle() const { return numbers_ == 0 && token_.empty(); }
    /// Whether an error was answered; the rest is ignored.
    bool failed() const { return refused_ > 0; }

    std::uint64_t answered() const { return answered_; }
    std::uint64_t refused() const { return refused_; }

private:
    std::size_t take_some(std::string_view bytes);
    std::size_t take_blanks(std::string_view bytes);
    std::size_t take_word(std::string_view bytes);
    void hold(std::string_view word);
    void take_token();
    void take_number(std::string_view number);
    void end_list(std::string_view rest);
    void end_sloppy_list();
    void answer(std::string_view text, bool with_lf);
    void fail(std::string_view why);
    void fail_too_long();

    Limits limits_;
    ExactSum sum_;
    std::size_t numbers_ = 0;
    std::string token_;     // what came of a number whose end has not
    bool spaced_ = false;   // white space came after the token
    bool lf_came_ = false;  // the peer writes lines
    bool lf_owed_ = false;  // the last answer had no LF, so the next begins with one
    std::string reply_;
    std::uint64_t answered_ = 0;
    std::uint64_t refused_ = 0;
};

/// What a client sends: `1|2|3|.`
std::string sum_request(std::span<const std::string> numbers, bool with_lf);

/// Whether a server's line, without its end, is a sum at all.
bool is_sum_reply(std::string_view line);

}  // namespace nettool::proto
