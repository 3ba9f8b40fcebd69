#pragma once
// What an SMTP server says: a code of three digits and one or more lines (RFC 5321 §4.2).

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct SmtpReply {
    unsigned code = 0;
    std::vector<std::string> lines;  // what stands behind the code, at least one

    bool operator==(const SmtpReply&) const = default;

    bool is_positive() const noexcept { return code / 100 == 2 || code / 100 == 3; }
    bool is_done() const noexcept { return code / 100 == 2; }
    bool is_refusal() const noexcept { return code / 100 >= 4; }
    bool is_temporary() const noexcept { return code / 100 == 4; }
    /// `5.7.8` at the beginning of the first line, if its class is that of the code (RFC 3463 §2);
    /// empty where there is none.
    std::string_view enhanced() const noexcept;
    /// The lines as one, the enhanced code left out.
    std::string text() const;
};

/// As it goes over the wire, with CRLF; what is no text is not let through.
std::string to_wire(const SmtpReply& reply);

/// Puts replies together out of what comes, however it is cut.
class SmtpReplyReader {
public:
    enum class Status { more, whole, malformed, too_long };

    static constexpr std::size_t max_line = 4096;  // the standard allows 512
    static constexpr std::size_t max_lines = 1000;

    /// Takes no more off `text` than one reply; see reply() when that is whole.  After another
    /// status than `more` and `whole` nothing makes sense any more.
    Status feed(std::string_view& text);

    /// The one that is whole; the next one begins.
    SmtpReply take();

private:
    Status end_line();

    std::string line_;
    SmtpReply reply_;
};

}  // namespace nettool::proto
