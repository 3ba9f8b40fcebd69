#include "nettool/proto/web/html_text.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

std::string_view entity(char c) {
    switch (c) {
        case '&': return "&amp;";
        case '<': return "&lt;";
        case '>': return "&gt;";
        case '"': return "&quot;";
        case '\'': return "&#39;";
        default: return {};
    }
}

// What turns the direction of the text around it (UAX #9): embeddings, overrides and isolates.
bool is_directional(std::string_view character) {
    return (character >= "\xE2\x80\xAA" && character <= "\xE2\x80\xAE") ||
           (character >= "\xE2\x81\xA6" && character <= "\xE2\x81\xA9");
}

// ASCII that stands for itself.
bool is_plain(char c) { return c >= ' ' && c < 0x7f && entity(c).empty(); }

}  // namespace

void append_html_escaped(std::string& safe, std::string_view text) {
    while (!text.empty()) {
        // Most names need no second look.
        std::size_t plain = 0;
        while (plain < text.size() && is_plain(text[plain])) ++plain;
        safe += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) return;
        const auto size = utf8_sequence_length(text);
        const auto byte = static_cast<unsigned char>(text.front());
        const bool drives = byte < 0x20 || byte == 0x7f || is_directional(text.substr(0, size));
        if (size == 0 || drives)
            safe += replacement;
        else if (const auto name = entity(text.front()); !name.empty())
            safe += name;
        else
            safe += text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
}

std::string html_escaped(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    append_html_escaped(safe, text);
    return safe;
}

}  // namespace nettool::proto
