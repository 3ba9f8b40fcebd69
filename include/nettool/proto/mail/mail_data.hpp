#pragma once
// The lines between DATA and the dot that stands alone (RFC 5321 §4.1.1.4, §4.5.2).

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

/// What is wrong with the bytes of a message, as they came.
struct DataDefects {
    std::uint64_t bare_cr = 0;  // CR without LF behind it
    std::uint64_t bare_lf = 0;  // LF without CR in front of it
    std::uint64_t nul = 0;
    std::uint64_t long_lines = 0;  // of more than 998 octets (RFC 5322 §2.1.1)
    std::uint64_t eight_bit = 0;   // octets beyond ASCII
    std::uint64_t lf_dots = 0;     // dots alone on lines that end with LF only: no end

    bool operator==(const DataDefects&) const = default;
};

/// One for each kind of defect, without a full stop; octets beyond ASCII are none.
std::vector<std::string> sentences(const DataDefects& defects);

/// Takes the dots off and finds the end, which is `CR LF . CR LF` and nothing else: what others
/// take for one is content, so that nobody can hide a second message in the first.
class MailDataReader {
public:
    using Sink = std::function<void(std::string_view)>;

    /// Hands the content to `sink` in pieces, byte for byte, and takes what belongs to the message
    /// off `text`.  True at the end.
    bool feed(std::string_view& text, const Sink& sink);

    const DataDefects& defects() const noexcept { return defects_; }
    std::uint64_t size() const noexcept { return size_; }  // of the content so far

private:
    enum class Place { line, cr, line_start, dot, dot_cr, end };

    bool step(std::string_view byte, const Sink& sink);
    void pass(std::string_view piece, const Sink& sink);
    void flush(const Sink& sink);
    void end_line() noexcept;
    std::size_t pass_plain(std::string_view text, const Sink& sink);

    Place place_ = Place::line_start;
    DataDefects defects_;
    std::uint64_t size_ = 0;
    std::uint64_t line_size_ = 0;
    unsigned tail_ = 0;     // the last two octets that were passed
    std::string_view run_;  // passed, and not handed over yet
};

/// The same the other way round: lines that begin with a dot get another one, line ends are CR LF,
/// and the end is one of its own.
class MailDataWriter {
public:
    /// Appends to `wire`.
    void feed(std::string_view text, std::string& wire);
    void finish(std::string& wire);

private:
    bool at_line_start_ = true;
    bool after_cr_ = false;
};

}  // namespace nettool::proto
