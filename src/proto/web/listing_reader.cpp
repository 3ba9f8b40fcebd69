#include "nettool/proto/web/listing_reader.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/web/html_links.hpp"
#include "nettool/proto/web/http_date.hpp"
#include "nettool/proto/web/percent.hpp"
#include "nettool/proto/web/target_path.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_set>

namespace nettool::proto {
namespace {

namespace json = boost::json;
using std::chrono::sys_seconds;

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc{} || stop != end || value < 0) return std::nullopt;
    return value;
}

std::optional<unsigned> month_of(std::string_view name) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto at = months.find(name);
    if (name.size() != 3 || at == months.npos || at % 3 != 0) return std::nullopt;
    return static_cast<unsigned>(at / 3 + 1);
}

// `2026-11-27` or `27-Nov-2026`
std::optional<std::chrono::sys_days> date_of(std::string_view text) {
    std::array<std::string_view, 3> parts;
    for (auto& part : parts) {
        const auto dash = text.find('-');
        part = text.substr(0, dash);
        text.remove_prefix(dash == text.npos ? text.size() : dash + 1);
    }
    const bool year_first = parts[0].size() == 4;
    const auto year = number(parts[year_first ? 0 : 2]);
    const auto day = number(parts[year_first ? 2 : 0]);
    auto month = month_of(parts[1]);
    if (const auto n = number(parts[1]); n && year_first) month = static_cast<unsigned>(*n);
    if (!text.empty() || !year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(*year), std::chrono::month(*month),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

// `06:14` or `06:14:59`, perhaps with parts of a second and a Z
std::optional<std::chrono::seconds> time_of(std::string_view text) {
    if (text.ends_with('Z')) text.remove_suffix(1);
    text = text.substr(0, text.find('.'));
    std::chrono::seconds time{0};
    if (text.size() != 5 && text.size() != 8) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        const auto part = number(text.substr(i, 2));
        if (!part || (i > 0 && text[i - 1] != ':')) return std::nullopt;
        time = time * 60 + std::chrono::seconds(*part);
    }
    return text.size() == 5 ? time * 60 : time;
}

// A word such as `1234`, `1.2K` or `15M`.
bool is_size(std::string_view word) {
    if (word.empty() || !is_ascii_digit(word.front())) return false;
    const auto end = word.find_first_not_of("0123456789.");
    return end == word.npos || (end + 1 == word.size() && std::string_view("KMGTB").find(
                                                              word[end]) != std::string_view::npos);
}

// `KiB` behind a number, as a word of its own.
bool is_unit(std::string_view word) {
    constexpr std::array<std::string_view, 13> units = {
        "B", "KB", "MB", "GB", "TB", "kB", "KiB", "MiB", "GiB", "TiB", "K", "M", "G"};
    return std::ranges::find(units, word) != units.end();
}

// What stands behind a name, in words.
void read_details(std::string_view text, ListingEntry& entry) {
    std::optional<std::chrono::sys_days> date;
    std::string_view before;
    while (!text.empty()) {
        constexpr std::string_view separators = " \t\r\n\xc2\xa0";
        const auto begin = text.find_first_not_of(separators);
        if (begin == text.npos) return;
        text.remove_prefix(begin);
        const auto word = text.substr(0, text.find_first_of(separators));
        text.remove_prefix(word.size());
        const auto middle = word.find('T');
        if (const auto day = date_of(word.substr(0, middle)); day && !date) {
            date = day;
            const auto time = middle == word.npos ? std::nullopt : time_of(word.substr(middle + 1));
            if (time) entry.modified = *date + *time;
        } else if (const auto time = time_of(word); time && date && !entry.modified) {
            entry.modified = *date + *time;
        } else if (is_size(word) && entry.size_text.empty() && !entry.is_directory) {
            entry.size_text = word;
        } else if (is_unit(word) && before == entry.size_text && !before.empty()) {
            entry.size_text.append(" ").append(word);
        }
        before = word;
    }
}

void note_size(ListingEntry& entry) {
    const auto& text = entry.size_text;
    std::uint64_t size = 0;
    const auto [stop, status] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (!text.empty() && status == std::errc{} && stop == text.data() + text.size())
        entry.size = size;
}

std::string directory_path(const Url& url) { return url.path.substr(0, url.path.rfind('/') + 1); }

// A name right below the directory, or nothing.
std::optional<ListingEntry> entry_of(Url url, const Url& directory) {
    const auto above = directory_path(directory);
    if (!same_origin(url, directory) || url.query || !url.path.starts_with(above))
        return std::nullopt;
    ListingEntry entry;
    auto name = std::string_view(url.path).substr(above.size());
    entry.is_directory = name.ends_with('/');
    if (entry.is_directory) name.remove_suffix(1);
    entry.name = percent_decoded_leniently(name);
    const bool one_name = entry.name.find_first_of(std::string_view("/\0", 2)) == std::string::npos;
    if (entry.name.empty() || entry.name == "." || entry.name == ".." || !one_name)
        return std::nullopt;
    url.fragment.reset();
    entry.url = std::move(url);
    return entry;
}

std::optional<std::string> text_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->as_string());
}

bool is_true(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value && value->is_bool() && value->as_bool();
}

// As HTTP or as RFC 3339 has it.
std::optional<sys_seconds> json_time(const std::string& text) {
    if (const auto time = parse_http_date(text, {})) return time;
    const auto middle = text.find('T');
    if (middle == std::string::npos) return std::nullopt;
    const auto day = date_of(std::string_view(text).substr(0, middle));
    const auto time = time_of(std::string_view(text).substr(middle + 1));
    if (!day || !time) return std::nullopt;
    return *day + *time;
}

// nginx says `type` and `mtime`, Caddy `is_dir` and `mod_time`, and ends directories in a slash.
std::optional<ListingEntry> entry_of(const json::object& object, const Url& directory) {
    auto name = text_of(object, "name");
    if (!name) return std::nullopt;
    const bool slash = name->ends_with('/');
    if (slash) name->pop_back();
    const bool is_directory =
        slash || text_of(object, "type") == "directory" || is_true(object, "is_dir");
    const auto url =
        parse_url("./" + encoded_segment(*name) + (is_directory ? "/" : ""), &directory);
    auto entry = url ? entry_of(*url, directory) : std::nullopt;
    if (!entry) return entry;
    const auto* size = is_directory ? nullptr : object.if_contains("size");
    if (size && size->is_number()) {
        boost::system::error_code ec;
        const auto bytes = size->to_number<std::uint64_t>(ec);
        if (!ec) entry->size_text = std::to_string(bytes);
    }
    for (const auto* key : {"mtime", "mod_time"})
        if (const auto time = text_of(object, key)) entry->modified = json_time(*time);
    return entry;
}

}  // namespace

std::optional<std::vector<ListingEntry>> read_html_listing(std::string_view page,
                                                           const Url& directory) {
    const auto links = html_links(page);
    if (!links) return std::nullopt;
    std::vector<ListingEntry> entries;
    std::unordered_set<std::string> seen;
    for (const auto& link : *links) {
        auto url = parse_url(link.href, &directory);
        auto entry = url ? entry_of(*std::move(url), directory) : std::nullopt;
        if (!entry || !seen.insert(entry->url.path).second) continue;
        read_details(link.behind, *entry);
        note_size(*entry);
        entries.push_back(*std::move(entry));
    }
    return entries;
}

std::optional<std::vector<ListingEntry>> read_json_listing(std::string_view text,
                                                           const Url& directory) {
    boost::system::error_code ec;
    const auto value = json::parse(json::string_view(text.data(), text.size()), ec);
    if (ec || !value.is_array()) return std::nullopt;
    std::vector<ListingEntry> entries;
    for (const auto& item : value.as_array()) {
        if (!item.is_object()) return std::nullopt;
        auto entry = entry_of(item.as_object(), directory);
        if (!entry) continue;
        note_size(*entry);
        entries.push_back(*std::move(entry));
    }
    return entries;
}

}  // namespace nettool::proto
