#include "nettool/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

namespace nettool {
namespace {

std::uint32_t code_point(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence.front());
    if (sequence.size() == 1) return lead;
    std::uint32_t value = lead & (0x7fu >> sequence.size());
    for (const char c : sequence.substr(1))
        value = value << 6 | (static_cast<unsigned char>(c) & 0x3fu);
    return value;
}

// What could move the cursor, start a line or turn the text round.
bool drives_terminal(std::uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
           c == 0x200f || c == 0x061c || c == 0xfeff;
}

void append_hex(std::string& out, std::string_view bytes) {
    constexpr std::string_view hex = "0123456789abcdef";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        (out += "\\x").append({hex[byte >> 4], hex[byte & 15]});
    }
}

// How many bytes at the end of `text` may be the beginning of a character.
std::size_t cut_tail(std::string_view text) {
    for (std::size_t size = std::min<std::size_t>(3, text.size()); size > 0; --size)
        if (begins_utf8_sequence(text.substr(text.size() - size))) return size;
    return 0;
}

// Most of most texts: ASCII that means nothing to anybody.
bool is_printable(char c) { return c >= ' ' && c <= '~'; }

std::size_t printable_length(std::string_view text) {
    constexpr std::size_t block = 16;  // looked at all at once
    std::size_t at = 0;
    for (; at + block <= text.size(); at += block) {
        bool all = true;
        for (std::size_t i = 0; i < block; ++i) all &= is_printable(text[at + i]);
        if (!all) break;
    }
    while (at < text.size() && is_printable(text[at])) ++at;
    return at;
}

std::size_t plain_length(std::string_view text, bool in_quotes) {
    if (!in_quotes) return printable_length(text);
    const auto is_plain = [](char c) { return is_printable(c) && c != '"' && c != '\\'; };
    return static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain) - text.begin());
}

void append_escaped(std::string& out, std::string_view text, bool in_quotes) {
    while (!text.empty()) {
        if (const auto plain = plain_length(text, in_quotes); plain > 0) {
            out += text.substr(0, plain);
            text.remove_prefix(plain);
            continue;
        }
        const auto length = std::max<std::size_t>(1, utf8_sequence_length(text));
        const auto sequence = text.substr(0, length);
        const bool valid = utf8_sequence_length(text) > 0;
        text.remove_prefix(length);
        if (in_quotes && (sequence == "\"" || sequence == "\\"))
            (out += '\\') += sequence;
        else if (in_quotes && sequence == "\n")
            out += "\\n";
        else if (in_quotes && sequence == "\r")
            out += "\\r";
        else if (in_quotes && sequence == "\t")
            out += "\\t";
        else if (!valid || drives_terminal(code_point(sequence)))
            append_hex(out, sequence);
        else
            out += sequence;
    }
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view text) {
    if (text.empty()) return 0;
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead < 0xc2   ? 0
                               : lead < 0xe0 ? 2
                               : lead < 0xf0 ? 3
                               : lead < 0xf5 ? 4
                                             : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
    const bool surrogate = lead == 0xed && byte(1) > 0x9f;
    const bool too_big = lead == 0xf4 && byte(1) > 0x8f;
    return overlong || surrogate || too_big ? 0 : length;
}

// With a lead byte and a second byte of the right range any continuation does, and every such range
// has one of the two ends.
bool begins_utf8_sequence(std::string_view bytes) {
    if (bytes.empty() || bytes.size() > 3 || utf8_sequence_length(bytes) > 0) return false;
    const auto completed_by = [bytes](char c) {
        const auto length = utf8_sequence_length(std::string(bytes).append(3, c));
        return length > bytes.size();
    };
    return completed_by('\x80') || completed_by('\xbf');
}

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text, false);
    return out;
}

std::string Escaper::feed(std::string_view chunk) {
    std::string text = std::exchange(held_, {});
    text += chunk;
    const auto tail = cut_tail(text);
    held_ = text.substr(text.size() - tail);
    text.resize(text.size() - tail);
    std::string out;
    for (std::string_view rest = text; !rest.empty();) {
        const auto size = std::min(rest.find_first_of("\n\t"), rest.size());
        append_escaped(out, rest.substr(0, size), false);
        rest.remove_prefix(size);
        if (rest.empty()) break;
        out += rest.front();
        rest.remove_prefix(1);
    }
    return out;
}

std::string Escaper::flush() { return escaped(std::exchange(held_, {})); }

std::string json_safe(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    while (!json.empty()) {
        const auto plain = printable_length(json);
        out += json.substr(0, plain);
        json.remove_prefix(plain);
        if (json.empty()) break;
        const auto length = utf8_sequence_length(json);
        const auto sequence = json.substr(0, std::max<std::size_t>(1, length));
        json.remove_prefix(sequence.size());
        const auto c = length > 0 ? code_point(sequence) : 0xfffd;
        if (length > 0 && !drives_terminal(c))
            out += sequence;
        else
            out += fmt::format("\\u{:04x}", c);  // all of these are in the basic plane
    }
    return out;
}

std::string quoted(std::string_view text, std::size_t max_bytes) {
    auto shown = text.substr(0, max_bytes);
    const auto cuts_a_character = [&] {
        const auto at = shown.size();
        return at > 0 && at < text.size() && (text[at] & 0xc0) == 0x80;
    };
    // A character has up to three bytes behind its first.
    for (int i = 0; i < 3 && cuts_a_character(); ++i) shown.remove_suffix(1);
    std::string out = "\"";
    append_escaped(out, shown, true);
    return out + (shown.size() < text.size() ? "…\"" : "\"");
}

void append_joined(std::string& text, std::string_view separator, std::string_view more) {
    if (!text.empty() && !more.empty()) text += separator;
    text += more;
}

void append_utf8(std::string& text, std::uint32_t code_point) {
    constexpr std::uint32_t replacement = 0xfffd, last = 0x10ffff;
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    const auto code = code_point == 0 || surrogate || code_point > last ? replacement : code_point;
    const auto add = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
    const auto add_rest = [&](unsigned bits) { add(0x80 | (code >> bits & 0x3f)); };
    if (code < 0x80) return add(code);
    if (code < 0x800) {
        add(0xc0 | code >> 6);
    } else if (code < 0x10000) {
        add(0xe0 | code >> 12);
        add_rest(6);
    } else {
        add(0xf0 | code >> 18);
        add_rest(12);
        add_rest(6);
    }
    add_rest(0);
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(blanks);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace nettool
