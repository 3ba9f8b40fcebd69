#include "nettool/proto/mail/quoted_printable.hpp"

#include "nettool/base/ascii.hpp"

namespace nettool::proto {
namespace {

constexpr std::size_t longest_line = 76;

void append_escape(std::string& text, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    text += '=';
    text += digits[byte >> 4];
    text += digits[byte & 0xf];
}

bool stands_for_itself(char c) { return (c >= 0x20 && c < 0x7f && c != '=') || c == '\t'; }

// One line, without its end.
void append_line(std::string& encoded, std::string_view line) {
    std::size_t column = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        const bool last = i + 1 == line.size();
        // A blank at the end of a line may be lost on the way, and `From ` at its beginning
        // changed.
        const bool fragile = last && (c == ' ' || c == '\t');
        const bool plain = stands_for_itself(c) && !fragile;
        const std::size_t size = plain ? 1 : 3;
        const std::size_t room = last ? longest_line : longest_line - 1;  // for a soft line end
        if (column + size > room) {
            encoded += "=\r\n";
            column = 0;
        }
        if (plain)
            encoded += c;
        else
            append_escape(encoded, c);
        column += size;
    }
}

}  // namespace

std::string quoted_printable(std::string_view text) {
    std::string encoded;
    encoded.reserve(text.size() + text.size() / 16);
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (end != text.npos && line.ends_with('\r')) line.remove_suffix(1);
        append_line(encoded, line);
        if (end != text.npos) encoded += "\r\n";
    }
    return encoded;
}

std::string quoted_printable_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    while (!text.empty()) {
        const char c = text.front();
        if (c != '=') {
            decoded += c;
            text.remove_prefix(1);
            continue;
        }
        // A soft line end, perhaps with blanks that a server has added.
        const auto blanks = text.find_first_not_of(" \t", 1);
        const auto rest = blanks == text.npos ? std::string_view() : text.substr(blanks);
        const std::size_t line_end = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
        if (line_end > 0 || rest.empty()) {
            text.remove_prefix(text.size() - rest.size() + line_end);
            continue;
        }
        const int high = text.size() > 2 ? hex_value(text[1]) : -1;
        const int low = text.size() > 2 ? hex_value(text[2]) : -1;
        const bool escape = high >= 0 && low >= 0;
        decoded += escape ? static_cast<char>(high * 16 + low) : '=';
        text.remove_prefix(escape ? 3 : 1);
    }
    return decoded;
}

}  // namespace nettool::proto
