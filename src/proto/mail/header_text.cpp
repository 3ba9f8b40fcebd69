#include "nettool/proto/mail/header_text.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/mail/quoted_printable.hpp"
#include "nettool/proto/web/base64.hpp"
#include "nettool/proto/web/charset.hpp"
#include "nettool/proto/web/percent.hpp"

#include <algorithm>
#include <optional>

namespace nettool::proto {
namespace {

constexpr std::size_t longest_line = 76;
constexpr std::size_t behind_name = 10;  // of a field such as Reply-To
constexpr std::string_view word_begin = "=?utf-8?B?", word_end = "?=";
// 75 characters of an encoded word less its frame, in whole groups of base64.
constexpr std::size_t word_bytes = 45;

// As much of `text` as one encoded word holds, and no half of a character.
std::string_view take_piece(std::string_view& text, std::size_t most) {
    std::size_t size = 0;
    while (size < text.size()) {
        const auto next = std::max<std::size_t>(1, utf8_sequence_length(text.substr(size)));
        if (size > 0 && size + next > most) break;
        size += next;
    }
    const auto piece = text.substr(0, size);
    text.remove_prefix(size);
    return piece;
}

std::string encoded_words(std::string_view text, std::size_t column) {
    std::string words;
    while (!text.empty()) {
        const auto room = longest_line - std::min(longest_line, column + word_begin.size() + 2);
        const auto most = std::clamp<std::size_t>(room / 4 * 3, 3, word_bytes);
        words.append(word_begin).append(base64(take_piece(text, most))).append(word_end);
        if (!text.empty()) words += "\r\n ";
        column = 1;
    }
    return words;
}

// Blanks where a line may be folded are kept, as RFC 5322 has it.
std::string folded(std::string_view text, std::size_t column) {
    std::string lines;
    while (!text.empty()) {
        const auto end = std::min(text.find(' ', text.find_first_not_of(' ')), text.size());
        const auto word = text.substr(0, end);  // with the blanks in front of it
        if (column + word.size() > longest_line && word.starts_with(' ') && !lines.empty()) {
            lines += "\r\n";
            column = 0;
        }
        lines += word;
        column += word.size();
        text.remove_prefix(word.size());
    }
    return lines;
}

bool is_atom(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_ascii_letter(c) || is_ascii_digit(c) ||
               std::string_view(" !#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
    });
}

std::string quoted_string(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

// Looks like an encoded word and would be decoded by whoever reads it.
bool looks_encoded(std::string_view text) { return text.find("=?") != text.npos; }

// A line of it cannot be folded to the 998 octets that RFC 5322 §2.1.1 allows.
bool has_long_word(std::string_view text) {
    constexpr std::size_t longest_word = 900;
    while (!text.empty()) {
        const auto size = std::min(text.find(' '), text.size());
        if (size > longest_word) return true;
        text.remove_prefix(std::min(size + 1, text.size()));
    }
    return false;
}

std::optional<std::string> word_decoded(std::string_view word) {
    // =?charset[*language]?encoding?text?=
    if (!word.starts_with("=?") || !word.ends_with("?=") || word.size() < 6) return std::nullopt;
    word = word.substr(2, word.size() - 4);
    const auto first = word.find('?');
    const auto second = first == word.npos ? word.npos : word.find('?', first + 1);
    if (second != first + 2 || word.find('?', second + 1) != word.npos) return std::nullopt;
    const auto charset = ascii_lowered(word.substr(0, std::min(first, word.find('*'))));
    const char encoding = ascii_lower(word[first + 1]);
    const auto text = word.substr(second + 1);
    if (encoding == 'b') {
        const auto bytes = base64_decoded_leniently(text);
        return bytes ? std::optional(utf8_of(*bytes, charset)) : std::nullopt;
    }
    if (encoding != 'q') return std::nullopt;
    std::string spaced(text);
    std::ranges::replace(spaced, '_', ' ');
    return utf8_of(quoted_printable_decoded(spaced), charset);
}

}  // namespace

std::string text_field(std::string_view name, std::string_view text) {
    auto field = std::string(name) + ": ";
    if (is_ascii(text) && !looks_encoded(text) && !has_long_word(text))
        field += folded(text, field.size());
    else
        field += encoded_words(text, field.size());
    return field + "\r\n";
}

std::string mailbox_text(std::string_view name, std::string_view address) {
    if (name.empty()) return std::string(address);
    const auto bracketed = " <" + std::string(address) + ">";
    constexpr std::size_t longest_plain = 60;  // a longer one would have to be folded
    if (!is_ascii(name) || looks_encoded(name) || name.size() > longest_plain)
        return encoded_words(name, behind_name) + bracketed;
    return (is_atom(name) ? std::string(name) : quoted_string(name)) + bracketed;
}

std::string field_decoded(std::string_view value) {
    std::string text;
    bool after_word = false;
    while (!value.empty()) {
        constexpr std::string_view blanks = " \t\r\n";
        const auto begin = std::min(value.find_first_not_of(blanks), value.size());
        const bool has_blank = begin > 0;
        value.remove_prefix(begin);
        const auto word = value.substr(0, value.find_first_of(blanks));
        value.remove_prefix(word.size());
        const auto decoded = word_decoded(word);
        // Blanks between two encoded words are there only to tell them apart.
        if (has_blank && !text.empty() && !word.empty() && !(decoded && after_word)) text += ' ';
        text += decoded ? *decoded : with_replacements(word);
        after_word = decoded.has_value();
    }
    return text;
}

std::string parameter(std::string_view name, std::string_view value) {
    const bool plain = is_ascii(value) && !has_control_bytes(value);
    std::string ascii;
    for (const char c : value) ascii += (c & 0x80) != 0 || has_control_bytes({&c, 1}) ? '_' : c;
    auto text = "; " + std::string(name) + "=" + quoted_string(ascii);
    if (plain) return text;
    text.append("; ").append(name).append("*=UTF-8''");
    for (const char c : value) {
        if (is_unreserved(c))
            text += c;
        else
            append_percent_escape(text, c);
    }
    return text;
}

}  // namespace nettool::proto
