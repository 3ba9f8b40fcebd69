#include "nettool/proto/web/listing_page.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/units.hpp"
#include "nettool/proto/web/html_text.hpp"
#include "nettool/proto/web/http_date.hpp"
#include "nettool/proto/web/page_assets.hpp"
#include "nettool/proto/web/percent.hpp"
#include "nettool/proto/web/target_path.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr std::string_view upload_form = R"(<form id="upload" method="post" action="./"
enctype="multipart/form-data" data-max="{}">
<input type="file" name="file" aria-label="Files to send" multiple required><button>Upload</button>
<progress max="1" value="0" hidden></progress></form>
<table id="receipts" hidden><tbody></tbody></table>
)";

std::string_view name_of(ListingView::Key key) {
    switch (key) {
        case ListingView::Key::name: return "name";
        case ListingView::Key::time: return "time";
        case ListingView::Key::size: return "size";
    }
    return "name";
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
    const auto equal = [](char a, char b) { return ascii_lower(a) == ascii_lower(b); };
    return part.empty() ||
           std::search(text.begin(), text.end(), part.begin(), part.end(), equal) != text.end();
}

// Relative to the directory: `./` keeps a colon from being a scheme and a dash from being an
// option.
void append_href(std::string& target, const ListedFile& file) {
    if (file.name.starts_with('-') || file.name.find(':') != file.name.npos) target += "./";
    target += encoded_segment(file.name);
    if (file.is_directory) target += '/';
}

void append_two_digits(std::string& target, unsigned value) {
    target += static_cast<char>('0' + value / 10);
    target += static_cast<char>('0' + value % 10);
}

// `2026-11-06 08:49:37`
void append_time(std::string& target, std::chrono::sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    const fmt::format_int year(static_cast<int>(date.year()));
    target.append(year.data(), year.size()).append("-");
    append_two_digits(target, static_cast<unsigned>(date.month()));
    target += '-';
    append_two_digits(target, static_cast<unsigned>(date.day()));
    target += ' ';
    append_two_digits(target, static_cast<unsigned>(clock.hours().count()));
    target += ':';
    append_two_digits(target, static_cast<unsigned>(clock.minutes().count()));
    target += ':';
    append_two_digits(target, static_cast<unsigned>(clock.seconds().count()));
}

}  // namespace

ListingView ListingView::of_query(std::string_view query) {
    ListingView view;
    auto order = query_value(query, "sort").value_or("");
    view.descending = order.starts_with('-');
    if (view.descending) order.remove_prefix(1);
    for (const auto key : {Key::time, Key::size})
        if (order == name_of(key)) view.key = key;
    view.filter = form_value(query, "filter");
    return view;
}

bool ListingView::shows(const ListedFile& file) const {
    return contains_ignoring_case(file.name, filter);
}

bool ListingView::comes_before(const ListedFile& a, const ListedFile& b) const {
    if (a.is_directory != b.is_directory) return a.is_directory;
    const auto& first = descending ? b : a;
    const auto& second = descending ? a : b;
    if (key == Key::time && a.modified != b.modified) return first.modified < second.modified;
    if (key == Key::size && a.size != b.size && !a.is_directory) return first.size < second.size;
    return key == Key::name ? first.name < second.name : a.name < b.name;
}

std::string size_in_words(std::uint64_t bytes) {
    if (bytes >= 1024) return human_size(bytes);
    return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
}

std::string HtmlListing::column(ListingView::Key key, std::string_view title) const {
    const auto& view = place_.view;
    const bool sorted = view.key == key;
    const std::string_view order = !sorted           ? ""
                                   : view.descending ? " aria-sort=\"descending\""
                                                     : " aria-sort=\"ascending\"";
    const std::string_view next = sorted && !view.descending ? "-" : "";
    return fmt::format(
        R"(<th scope="col"{}><button form="view" name="sort" value="{}{}">{}</button></th>)", order,
        next, name_of(key), title);
}

std::string HtmlListing::toolbar(std::size_t count) const {
    auto text =
        fmt::format(R"-(<form id="view" method="get" role="search">
<input type="search" name="filter" aria-label="Filter" placeholder="Filter (press /)" value="{}"
autocomplete="off"><button>Filter</button> <output id="count">{} {}</output>
)-",
                    html_escaped(place_.view.filter), count, count == 1 ? "entry" : "entries");
    for (const std::string_view kind : {"tar", "zip"})
        if (place_.archives)
            text +=
                fmt::format(R"(<button name="archive" value="{}">All as .{}</button>)", kind, kind);
    text += "</form>\n";
    if (place_.max_upload) text += fmt::format(upload_form, *place_.max_upload);
    if (place_.upload_elsewhere)
        text += "<form method=\"get\"><button name=\"upload\">Upload files\u2026</button></form>\n";
    return text;
}

std::string HtmlListing::head(std::size_t count) const {
    std::string path = "/", trail = "<a href=\"/\">/</a>";
    const std::span<const std::string> names = place_.names;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto name = html_escaped(names[i]);
        path += name + "/";
        trail +=
            fmt::format("<a href=\"{}\">{}</a>/", encoded_path(names.first(i + 1), true), name);
    }
    using Key = ListingView::Key;
    auto page = fmt::format(R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Index of {}</title>
<style>{}</style></head>
<body><h1>Index of {}</h1>
{}<table id="list"><thead><tr>{}{}{}</tr></thead><tbody>
)",
                            path, page_style(), trail, toolbar(count), column(Key::name, "Name"),
                            column(Key::time, "Modified (UTC)"), column(Key::size, "Size"));
    if (!names.empty())
        page += "<tr class=\"up\"><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n";
    return page;
}

// Ten thousand of them are made while somebody waits: by appending, without a format to be read.
std::string HtmlListing::entry(const ListedFile& file) const {
    const std::string_view slash = file.is_directory ? "/" : "";
    std::string row = file.is_directory ? "<tr class=\"d\"><td><a href=\"" : "<tr><td><a href=\"";
    append_href(row, file);
    row.append("\">");
    append_html_escaped(row, file.name);
    row.append(slash).append("</a></td><td><time>");
    append_time(row, file.modified);
    row.append("Z</time></td><td>");
    if (file.is_directory) return row.append("-</td></tr>\n");
    const fmt::format_int size(file.size);
    const std::string_view digits(size.data(), size.size());
    row.append("<data value=\"").append(digits);
    if (file.size >= 1024) row.append("\" title=\"").append(digits).append(" bytes");
    return row.append("\">").append(size_in_words(file.size)).append("</data></td></tr>\n");
}

// Behind the buttons of the columns, so that theirs is the first `sort` of a query.
std::string HtmlListing::foot(bool truncated) const {
    const auto& view = place_.view;
    const std::string_view note = truncated ? "<p>There is more than is listed here.</p>\n" : "";
    const bool is_sorted = view.key != ListingView::Key::name || view.descending;
    const auto order =
        !is_sorted
            ? std::string()
            : fmt::format("<input type=\"hidden\" form=\"view\" name=\"sort\" value=\"{}{}\">\n",
                          view.descending ? "-" : "", name_of(view.key));
    auto text =
        fmt::format("</tbody></table>\n{}{}<script>{}</script>\n", note, order, listing_script());
    if (place_.max_upload) text += fmt::format("<script>{}</script>\n", upload_script());
    return text + "</body></html>\n";
}

std::string JsonListing::head(std::size_t) const { return "[\n"; }

std::string JsonListing::entry(const ListedFile& file) {
    const auto name = boost::json::serialize(boost::json::value(with_replacements(file.name)));
    auto text = fmt::format(R"({}{{"name":{},"type":"{}","mtime":"{}")", first_ ? "" : ",\n", name,
                            file.is_directory ? "directory" : "file", http_date(file.modified));
    first_ = false;
    if (!file.is_directory) text += fmt::format(R"(,"size":{})", file.size);
    return text + "}";
}

std::string JsonListing::foot(bool) const { return first_ ? "]\n" : "\n]\n"; }

}  // namespace nettool::proto
