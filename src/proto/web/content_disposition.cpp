#include "nettool/proto/web/content_disposition.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/web/charset.hpp"
#include "nettool/proto/web/http_token.hpp"
#include "nettool/proto/web/percent.hpp"

namespace nettool::proto {
namespace {

// Takes a token or a quoted string off `text`, up to the next semicolon.
std::string take_value(std::string_view& text) {
    if (text.starts_with('"')) return take_quoted_value(text);
    const auto end = std::min(text.find(';'), text.size());
    std::string value(without_blanks(text.substr(0, end)));
    text.remove_prefix(end);
    return value;
}

// charset'language'percent-encoded (RFC 8187 §3.2)
std::optional<std::string> extended_value(std::string_view value) {
    const auto first = value.find('\'');
    const auto second = first == value.npos ? value.npos : value.find('\'', first + 1);
    if (second == value.npos) return std::nullopt;
    const auto charset = ascii_lowered(value.substr(0, first));
    auto bytes = percent_decoded(value.substr(second + 1));
    if (!bytes) return std::nullopt;
    if (charset == "utf-8") return with_replacements(*bytes);
    if (charset == "iso-8859-1") return utf8_of(*bytes, "windows-1252");
    return std::nullopt;
}

// What is no UTF-8 is ISO-8859-1, which HTTP once was in.
std::string plain_value(const std::string& value) {
    return utf8_of(value, charset_of_page(value, ""));
}

}  // namespace

std::optional<std::string> disposition_file_name(std::string_view field) {
    std::optional<std::string> plain, extended;
    field.remove_prefix(std::min(field.find(';'), field.size()));
    while (!field.empty()) {
        field.remove_prefix(1);
        field.remove_prefix(std::min(field.find_first_not_of(" \t"), field.size()));
        const auto end = std::min(field.find_first_of("=;"), field.size());
        const auto name = ascii_lowered(without_blanks(field.substr(0, end)));
        field.remove_prefix(end);
        if (!field.starts_with('=')) continue;
        field.remove_prefix(1);
        field.remove_prefix(std::min(field.find_first_not_of(" \t"), field.size()));
        const auto value = take_value(field);
        if (name == "filename*" && !extended) extended = extended_value(value);
        if (name == "filename" && !plain) plain = plain_value(value);
    }
    auto chosen = extended ? extended : plain;
    if (chosen && chosen->empty()) chosen.reset();
    return chosen;
}

}  // namespace nettool::proto
