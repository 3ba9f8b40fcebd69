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

}  // namespace

std::string html_escaped(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
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
    return safe;
}

}  // namespace nettool::proto
