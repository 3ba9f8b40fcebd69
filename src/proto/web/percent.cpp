#include "nettool/proto/web/percent.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

bool may_stay(char c, UrlPart part) {
    if (c < 0x20 || c > 0x7e) return false;
    const auto among = [c](std::string_view set) { return set.find(c) != set.npos; };
    switch (part) {
        case UrlPart::opaque_path: return true;
        case UrlPart::fragment: return !among(" \"<>`");
        case UrlPart::query: return !among(" \"#<>'");
        case UrlPart::path: return !among(" \"#<>?^`{}");
        case UrlPart::userinfo: return !among(" \"#<>?`{}/:;=@[\\]^|");
    }
    return false;
}

template <class OnBadEscape>
std::string decode(std::string_view text, OnBadEscape on_bad_escape) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int byte = percent_escape_at(text.substr(i));
        if (text[i] == '%' && byte < 0) on_bad_escape();
        decoded += byte < 0 ? text[i] : static_cast<char>(byte);
        if (byte >= 0) i += 2;
    }
    return decoded;
}

}  // namespace

int percent_escape_at(std::string_view text) {
    if (text.size() < 3 || text[0] != '%') return -1;
    const int high = hex_value(text[1]), low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

void append_percent_escape(std::string& target, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    target += '%';
    target += digits[byte >> 4];
    target += digits[byte & 0xf];
}

void append_percent_encoded(std::string& target, std::string_view text, UrlPart part) {
    for (const char c : text) {
        if (may_stay(c, part))
            target += c;
        else
            append_percent_escape(target, c);
    }
}

std::string percent_decoded_leniently(std::string_view text) {
    return decode(text, [] {});
}

std::optional<std::string> percent_decoded(std::string_view text) {
    bool sound = true;
    auto decoded = decode(text, [&sound] { sound = false; });
    if (!sound) return std::nullopt;
    return decoded;
}

std::string with_replacements(std::string_view text) {
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        auto size = utf8_sequence_length(text);
        valid += size > 0 ? text.substr(0, size) : replacement;
        if (size == 0) {
            size = std::min<std::size_t>(3, text.size());
            while (size > 1 && !begins_utf8_sequence(text.substr(0, size))) --size;
        }
        text.remove_prefix(size);
    }
    return valid;
}

}  // namespace nettool::proto
