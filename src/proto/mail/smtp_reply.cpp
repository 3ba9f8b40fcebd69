#include "nettool/proto/mail/smtp_reply.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <utility>

namespace nettool::proto {
namespace {

constexpr std::size_t longest_text = 512 - 6;

constexpr std::size_t code_size = 3;

// class.subject.detail, digits each; 0 where there is none.
std::size_t enhanced_size(std::string_view text) {
    std::size_t at = 0;
    for (int part = 0; part < 3; ++part) {
        const auto begin = at;
        while (at < text.size() && is_ascii_digit(text[at])) ++at;
        constexpr std::size_t most_digits = 3;
        if (at == begin || at - begin > most_digits) return 0;
        if (part == 2) break;
        if (at == text.size() || text[at] != '.') return 0;
        ++at;
    }
    return at == text.size() || text[at] == ' ' ? at : 0;
}

unsigned code_of(std::string_view line) {
    unsigned code = 0;
    for (const char c : line.substr(0, code_size)) {
        if (!is_ascii_digit(c)) return 0;
        code = code * 10 + static_cast<unsigned>(c - '0');
    }
    constexpr unsigned first = 200, last = 559;  // §4.2.1: first digit 2 to 5, second 0 to 5
    return code >= first && code <= last && code / 10 % 10 <= 5 ? code : 0;
}

}  // namespace

std::string_view SmtpReply::enhanced() const noexcept {
    if (lines.empty()) return {};
    const std::string_view first(lines.front());
    const auto size = enhanced_size(first);
    const bool fits = size > 0 && static_cast<unsigned>(first[0] - '0') == code / 100;
    return fits ? first.substr(0, size) : std::string_view();
}

std::string SmtpReply::text() const {
    std::string text;
    for (std::string_view line : lines) {
        if (const auto size = enhanced_size(line); size > 0) line.remove_prefix(size);
        line = without_blanks(line);
        if (!text.empty() && !line.empty()) text += ' ';
        text += line;
    }
    return text;
}

// A line has at most 512 octets, its code and its end included (RFC 5321 §4.5.3.1.5).
std::string to_wire(const SmtpReply& reply) {
    std::string wire;
    for (std::size_t i = 0; i < reply.lines.size(); ++i) {
        wire += std::to_string(reply.code);
        wire += i + 1 < reply.lines.size() ? '-' : ' ';
        for (const char c : std::string_view(reply.lines[i]).substr(0, longest_text))
            wire += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
        wire += "\r\n";
    }
    return wire;
}

SmtpReplyReader::Status SmtpReplyReader::feed(std::string_view& text) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto part = text.substr(0, end);
        if (line_.size() + part.size() > max_line + 1) return Status::too_long;  // with its CR
        line_ += part;
        if (end == text.npos) {
            text = {};
            return Status::more;
        }
        text.remove_prefix(end + 1);
        if (const auto status = end_line(); status != Status::more) return status;
    }
    return Status::more;
}

SmtpReplyReader::Status SmtpReplyReader::end_line() {
    auto line = std::exchange(line_, {});
    if (line.ends_with('\r')) line.pop_back();
    if (line.size() > max_line) return Status::too_long;
    const auto code = code_of(line);
    const char mark = line.size() > code_size ? line[code_size] : ' ';
    if (code == 0 || line.size() < code_size || (mark != ' ' && mark != '-'))
        return Status::malformed;
    if (!reply_.lines.empty() && code != reply_.code) return Status::malformed;
    if (reply_.lines.size() == max_lines) return Status::too_long;
    reply_.code = code;
    reply_.lines.push_back(line.size() > code_size ? line.substr(code_size + 1) : std::string());
    return mark == ' ' ? Status::whole : Status::more;
}

SmtpReply SmtpReplyReader::take() { return std::exchange(reply_, {}); }

}  // namespace nettool::proto
