#include "nettool/proto/mail/mail_data.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr std::uint64_t longest_line = 998;
constexpr unsigned lf_and_dot = '\n' << 8U | '.';

// Neither NUL nor an octet beyond ASCII, found eight at a time; others may be taken for some too.
bool is_plain(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
    std::uint64_t found = 0;
    while (text.size() >= sizeof found) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, text.data(), sizeof eight);
        found |= (eight | (eight - ones)) & highs;
        text.remove_prefix(sizeof eight);
    }
    for (const char c : text) found |= c > 0 ? 0 : highs;
    return found == 0;
}

}  // namespace

std::vector<std::string> sentences(const DataDefects& defects) {
    std::vector<std::string> sentences;
    const auto add = [&sentences](std::uint64_t times, std::string_view what,
                                  std::string_view source) {
        if (times > 0) sentences.push_back(fmt::format("{}: {} ({})", what, times, source));
    };
    add(defects.bare_cr, "CR without LF behind it", "RFC 5321 §2.3.8");
    add(defects.bare_lf, "LF without CR in front of it", "RFC 5321 §2.3.8");
    add(defects.lf_dots, "a dot alone on a line that LF ends, which is no end",
        "RFC 5321 §4.1.1.4");
    add(defects.nul, "NUL", "RFC 5322 §4.1");
    add(defects.long_lines, "lines of more than 998 octets", "RFC 5322 §2.1.1");
    return sentences;
}

// Lines that stand behind one another leave in one piece.
void MailDataReader::pass(std::string_view piece, const Sink& sink) {
    line_size_ += piece.size();
    for (const char c : piece.substr(piece.size() - std::min<std::size_t>(piece.size(), 2)))
        tail_ = (tail_ << 8U | static_cast<unsigned char>(c)) & 0xffffU;
    const bool goes_on = run_.data() + run_.size() == piece.data();
    if (!goes_on) flush(sink);
    run_ = goes_on ? std::string_view(run_.data(), run_.size() + piece.size()) : piece;
}

void MailDataReader::flush(const Sink& sink) {
    if (run_.empty()) return;
    size_ += run_.size();
    if (!is_plain(run_))
        for (const char c : run_) {
            defects_.nul += c == '\0' ? 1 : 0;
            defects_.eight_bit += (c & 0x80) != 0 ? 1 : 0;
        }
    sink(run_);
    run_ = {};
}

void MailDataReader::end_line() noexcept {
    // With its CR, and without the LF that has not been passed yet.
    if (line_size_ > longest_line + 1) ++defects_.long_lines;
    line_size_ = 0;
}

// What stands in front of the next line end, in one piece.
std::size_t MailDataReader::pass_plain(std::string_view text, const Sink& sink) {
    auto plain = text.substr(0, text.find('\n'));
    plain = plain.substr(0, plain.find('\r'));
    if (!plain.empty()) pass(plain, sink);
    return plain.size();
}

// What a byte means where a line may begin or end; whether it has been taken.
bool MailDataReader::step(std::string_view byte, const Sink& sink) {
    const char c = byte.front();
    switch (place_) {
        case Place::line_start: place_ = c == '.' ? Place::dot : Place::line; return c == '.';
        case Place::dot:  // it is gone either way
            place_ = c == '\r' ? Place::dot_cr : Place::line;
            return c == '\r';
        case Place::dot_cr:
            if (c == '\n') {
                place_ = Place::end;
                return true;
            }
            pass("\r", sink);
            place_ = Place::cr;
            return false;
        case Place::cr:
            place_ = c == '\n' ? Place::line_start : Place::line;
            if (c != '\n') {
                ++defects_.bare_cr;
                return false;
            }
            end_line();
            pass(byte, sink);
            line_size_ = 0;
            return true;
        case Place::line:
            if (c == '\n') ++defects_.bare_lf;
            if (c == '\n' && tail_ == lf_and_dot) ++defects_.lf_dots;
            if (c == '\r') place_ = Place::cr;
            pass(byte, sink);
            return true;
        case Place::end: break;
    }
    return true;
}

bool MailDataReader::feed(std::string_view& text, const Sink& sink) {
    while (!text.empty() && place_ != Place::end) {
        if (place_ == Place::line) text.remove_prefix(pass_plain(text, sink));
        if (!text.empty() && step(text.substr(0, 1), sink)) text.remove_prefix(1);
    }
    flush(sink);
    return place_ == Place::end;
}

void MailDataWriter::feed(std::string_view text, std::string& wire) {
    for (const char c : text) {
        if (at_line_start_ && c == '.') wire += '.';
        if (c == '\n' && !after_cr_) wire += '\r';
        if (after_cr_ && c != '\n') wire += '\n';  // a CR that stood alone is a line end
        if (after_cr_ && c == '.') wire += '.';
        wire += c;
        after_cr_ = c == '\r';
        at_line_start_ = c == '\n';
    }
}

void MailDataWriter::finish(std::string& wire) {
    if (after_cr_)
        wire += '\n';
    else if (!at_line_start_)
        wire += "\r\n";
    wire += ".\r\n";
    at_line_start_ = true;
    after_cr_ = false;
}

}  // namespace nettool::proto
