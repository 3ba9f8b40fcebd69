#include "nettool/proto/web/mime_type.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/web/http_token.hpp"

namespace nettool::proto {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view without_leading(std::string_view text) {
    const auto begin = text.find_first_not_of(blanks);
    return begin == text.npos ? std::string_view() : text.substr(begin);
}

std::string_view without_trailing(std::string_view text) {
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool may_be_quoted(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return c == '\t' || (byte >= 0x20 && byte != 0x7f);
    });
}

std::string take_value(std::string_view& text) {
    if (text.starts_with('"')) return take_quoted_value(text);
    const auto end = std::min(text.find(';'), text.size());
    std::string value(without_trailing(text.substr(0, end)));
    text.remove_prefix(end);
    return value;
}

}  // namespace

std::optional<std::string_view> MimeType::find(std::string_view name) const noexcept {
    for (const auto& [key, value] : parameters)
        if (key == name) return value;
    return std::nullopt;
}

std::optional<MimeType> parse_mime_type(std::string_view text) {
    text = without_trailing(without_leading(text));
    const auto end = std::min(text.find(';'), text.size());
    const auto essence = without_trailing(text.substr(0, end));
    const auto slash = essence.find('/');
    if (slash == essence.npos || !is_token(essence.substr(0, slash)) ||
        !is_token(essence.substr(slash + 1)))
        return std::nullopt;
    MimeType type;
    type.essence = ascii_lowered(essence);
    text.remove_prefix(end);
    while (!text.empty()) {
        text = without_leading(text.substr(1));
        const auto name_end = std::min(text.find_first_of(";="), text.size());
        const auto name = ascii_lowered(text.substr(0, name_end));
        text.remove_prefix(name_end);
        if (!text.starts_with('=')) continue;
        text.remove_prefix(1);
        auto value = take_value(text);
        if (is_token(name) && !value.empty() && may_be_quoted(value) && !type.find(name))
            type.parameters.emplace_back(name, std::move(value));
    }
    return type;
}

std::string to_string(const MimeType& type) {
    auto text = type.essence;
    for (const auto& [name, value] : type.parameters) {
        text.append(";").append(name).append("=");
        if (is_token(value)) {
            text += value;
            continue;
        }
        text += '"';
        for (const char c : value) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
    }
    return text;
}

}  // namespace nettool::proto
