#pragma once
// Finds the end of a message head in what has come so far, and splits the head into its lines and
// fields.

#include "nettool/http/message.hpp"

#include <cstddef>
#include <string_view>

namespace nettool::http {

struct HeadLimits {
    std::size_t start_line_bytes = 8UL * 1024 + 64;  // a target of 8 KiB, method and version
    std::size_t head_bytes = 16UL * 1024;
    std::size_t fields = 100;
};

/// What is expected of line ends and folded lines: servers are strict, because a doubt about a
/// request is somebody's attack; clients are lenient where nothing can be smuggled.
enum class Strictness { strict, lenient };

/// Looks at each byte once, however the head is cut.
class HeadScanner {
public:
    enum class Progress { more, whole, long_start_line, long_head, bad_line_end };

    HeadScanner(const HeadLimits& limits, Strictness strictness)
        : limits_(limits), strictness_(strictness) {}

    /// `bytes`: all that has come of this head, more each time.  `whole`: its first size() bytes
    /// are the head, with the empty line.  Empty lines before the start line are skipped (RFC 9112
    /// §2.2).
    Progress scan(std::string_view bytes);
    std::size_t size() const noexcept { return line_begin_; }
    /// Where the start line begins.
    std::size_t begin() const noexcept { return begin_; }

private:
    Progress judge_rest(std::size_t size) const;

    HeadLimits limits_;
    Strictness strictness_;
    std::size_t begin_ = 0;
    std::size_t line_begin_ = 0;
    std::size_t searched_ = 0;
    bool start_line_seen_ = false;
};

/// The line up to LF or CRLF, which is taken off `rest`.
std::string_view take_line(std::string_view& rest);

/// What is wrong with the fields of a head; none: nothing.
enum class FieldFault { none, too_many, no_name, blank_before_colon, bad_value, folded };

/// Splits field lines up to the empty one.  Lenient: a folded line is left out of the value it
/// continues.
FieldFault split_fields(std::string_view lines, std::size_t max_fields, Strictness strictness,
                        Fields& fields);

}  // namespace nettool::http
