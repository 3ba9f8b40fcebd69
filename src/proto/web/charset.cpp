#include "nettool/proto/web/charset.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/web/mime_type.hpp"
#include "nettool/proto/web/percent.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <iconv.h>

namespace nettool::proto {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

// Where WHATWG means another set than the label says; all others are passed on as they are.
constexpr std::array<std::pair<std::string_view, std::string_view>, 38> renamed = {{
    {"utf8", "utf-8"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"latin1", "windows-1252"},
    {"l1", "windows-1252"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"iso88591", "windows-1252"},
    {"ascii", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"ansi_x3.4-1968", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"cp819", "windows-1252"},
    {"latin5", "windows-1254"},
    {"l5", "windows-1254"},
    {"iso-8859-9", "windows-1254"},
    {"iso8859-9", "windows-1254"},
    {"iso-8859-11", "windows-874"},
    {"tis-620", "windows-874"},
    {"latin2", "iso-8859-2"},
    {"gb2312", "gbk"},
    {"gb_2312-80", "gbk"},
    {"x-gbk", "gbk"},
    {"chinese", "gbk"},
    {"big5-hkscs", "big5"},
    {"x-x-big5", "big5"},
    {"sjis", "shift_jis"},
    {"shift-jis", "shift_jis"},
    {"x-sjis", "shift_jis"},
    {"ms_kanji", "shift_jis"},
    {"windows-31j", "shift_jis"},
    {"x-euc-jp", "euc-jp"},
    {"ks_c_5601-1987", "euc-kr"},
    {"korean", "euc-kr"},
    {"windows-949", "euc-kr"},
    {"koi8", "koi8-r"},
    {"utf-16", "utf-16le"},
    {"unicode", "utf-16le"},
}};

// What glibc calls the superset that browsers mean.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> system_names = {{
    {"gbk", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"shift_jis", "CP932"},
    {"euc-kr", "CP949"},
    {"euc-jp", "EUC-JP-MS"},
    {"windows-874", "CP874"},
    {"windows-1252", "CP1252"},
    {"windows-1254", "CP1254"},
}};

template <std::size_t N>
std::string_view looked_up(const std::array<std::pair<std::string_view, std::string_view>, N>& in,
                           std::string_view key) {
    const auto* const found =
        std::ranges::find(in, key, [](const auto& pair) { return pair.first; });
    return found == in.end() ? key : found->second;
}

std::string charset_named(std::string_view label) {
    const auto lowered = ascii_lowered(trimmed(label));
    return std::string(looked_up(renamed, lowered));
}

struct Close {
    void operator()(iconv_t converter) const { ::iconv_close(converter); }
};
using Converter = std::unique_ptr<std::remove_pointer_t<iconv_t>, Close>;

// Nothing for a set that the system does not know.
std::optional<Converter> converter(std::string_view from, std::string_view to) {
    const auto named = [](std::string_view set) {
        return std::string(looked_up(system_names, set));
    };
    auto* const opened = ::iconv_open(named(to).c_str(), named(from).c_str());
    if (reinterpret_cast<std::intptr_t>(opened) == -1) return std::nullopt;
    return Converter(opened);
}

// Nothing for a character that the set does not have.
std::string converted(const Converter& to_set, std::string_view character) {
    std::string input(character);
    std::array<char, 16> output;
    auto* next = input.data();
    auto* end = output.data();
    auto left = input.size(), room = output.size();
    if (::iconv(to_set.get(), &next, &left, &end, &room) == static_cast<std::size_t>(-1)) return {};
    return {output.data(), output.size() - room};
}

std::uint32_t code_point_of(std::string_view character) {
    constexpr std::array<unsigned, 5> first_bits = {0, 0x7f, 0x1f, 0x0f, 0x07};
    auto code = static_cast<unsigned char>(character[0]) & first_bits[character.size()];
    for (const char c : character.substr(1))
        code = code << 6 | (static_cast<unsigned char>(c) & 0x3f);
    return code;
}

std::string_view charset_of_mark(std::string_view page) {
    if (page.starts_with("\xef\xbb\xbf")) return "utf-8";
    if (page.starts_with("\xfe\xff")) return "utf-16be";
    if (page.starts_with("\xff\xfe")) return "utf-16le";
    return {};
}

// The value of an attribute inside of a tag, its quotes taken off.
std::string_view attribute_in(std::string_view tag, std::string_view name) {
    for (auto at = tag.find(name); at != tag.npos; at = tag.find(name, at + 1)) {
        constexpr std::string_view blanks = " \t\n\f\r";
        auto rest = tag.substr(at + name.size());
        rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
        if (!rest.starts_with('=')) continue;
        rest.remove_prefix(1);
        rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
        if (rest.empty()) return {};
        const char quote = rest.front();
        if (quote == '"' || quote == '\'') return rest.substr(1, rest.substr(1).find(quote));
        return rest.substr(0, rest.find_first_of(" \t\n\f\r;>\"'"));
    }
    return {};
}

// §13.2.3.2 "Prescan a byte stream to determine its encoding", for meta elements as people write
// them.
std::string charset_of_meta(std::string_view page) {
    constexpr std::size_t looked_at = 1024;
    const auto head = ascii_lowered(page.substr(0, looked_at));
    const std::string_view text(head);
    for (auto at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
        if (text.substr(at).starts_with("<!--")) {
            at = text.find("-->", at);
            if (at == text.npos) return {};
            continue;
        }
        if (!text.substr(at).starts_with("<meta")) continue;
        const auto tag = text.substr(at, text.find('>', at) - at);
        const auto label = attribute_in(tag, "charset");
        if (label.empty()) continue;
        const auto charset = charset_named(label);
        // A page in UTF-16 could not be read this far.
        return charset.starts_with("utf-16") ? "utf-8" : charset;
    }
    return {};
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto ascii = std::ranges::find_if(text, [](char c) { return (c & 0x80) != 0; });
        text.remove_prefix(static_cast<std::size_t>(ascii - text.begin()));
        if (text.empty()) return true;
        const auto size = utf8_sequence_length(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

std::string charset_of_page(std::string_view page, std::string_view content_type) {
    if (const auto marked = charset_of_mark(page); !marked.empty()) return std::string(marked);
    if (const auto type = parse_mime_type(content_type))
        if (const auto label = type->find("charset")) return charset_named(*label);
    if (auto declared = charset_of_meta(page); !declared.empty()) return declared;
    return is_utf8(page) ? "utf-8" : "windows-1252";
}

std::string utf8_of(std::string_view text, std::string_view charset) {
    const auto mark = charset_of_mark(text);
    if (!mark.empty() && mark == charset) text.remove_prefix(mark == "utf-8" ? 3 : 2);
    if (charset == "utf-8") return with_replacements(text);
    const auto to_utf8 = converter(charset, "UTF-8");
    if (!to_utf8) return with_replacements(text);
    std::string whole;
    std::string input(text);  // iconv wants to write where it reads, and does not
    auto* next = input.data();
    auto left = input.size();
    std::array<char, 16'384> piece;
    while (left > 0) {
        auto* end = piece.data();
        auto room = piece.size();
        const auto status = ::iconv(to_utf8->get(), &next, &left, &end, &room);
        const int error = errno;
        whole.append(piece.data(), piece.size() - room);
        if (status != static_cast<std::size_t>(-1) || error == E2BIG) continue;
        whole += replacement;
        if (error != EILSEQ) break;  // cut in the middle of a character
        ++next;
        --left;
    }
    return with_replacements(whole);  // the system knows names and characters that nobody else does
}

std::string with_encoded_query(std::string_view reference, std::string_view charset) {
    const auto query = reference.substr(0, reference.find('#')).find('?');
    if (query == reference.npos || charset.starts_with("utf-")) return std::string(reference);
    const auto to_set = converter("UTF-8", charset);
    if (!to_set) return std::string(reference);
    std::string text(reference.substr(0, query));
    auto left = reference.substr(query);
    while (!left.empty()) {
        const auto size = std::max<std::size_t>(1, utf8_sequence_length(left));
        const auto character = left.substr(0, size);
        left.remove_prefix(size);
        const auto bytes = size == 1 ? std::string() : converted(*to_set, character);
        if (character == "#") return text.append(character).append(left);
        if (size == 1)
            text += character;
        else if (bytes.empty())
            text.append("%26%23").append(std::to_string(code_point_of(character))).append("%3B");
        for (const char c : bytes) append_percent_escape(text, c);
    }
    return text;
}

}  // namespace nettool::proto
