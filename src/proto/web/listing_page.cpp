#include "nettool/proto/web/listing_page.hpp"

#include "nettool/base/text.hpp"
#include "nettool/proto/web/html_text.hpp"
#include "nettool/proto/web/http_date.hpp"
#include "nettool/proto/web/percent.hpp"
#include "nettool/proto/web/target_path.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr std::string_view style = R"(:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}
h1{font-size:1.25rem;font-weight:600;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #8883}
td:nth-child(n+2),th:nth-child(n+2){white-space:nowrap;font-variant-numeric:tabular-nums}
td:last-child,th:last-child{text-align:right}
td:first-child{overflow-wrap:anywhere}
tr:hover{background:#8881}
a{text-decoration:none}a:hover,a:focus{text-decoration:underline})";

// Relative to the directory: `./` keeps a colon from being a scheme and a dash from being an
// option.
std::string href_of(const ListedFile& file) {
    const bool plain = file.name.find(':') == file.name.npos && !file.name.starts_with('-');
    return (plain ? "" : "./") + encoded_segment(file.name) + (file.is_directory ? "/" : "");
}

}  // namespace

std::string HtmlListing::head(std::span<const std::string> names) const {
    std::string path = "/", trail = "<a href=\"/\">/</a>";
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto name = html_escaped(names[i]);
        path += name + "/";
        trail +=
            fmt::format("<a href=\"{}\">{}</a>/", encoded_path(names.first(i + 1), true), name);
    }
    auto page = fmt::format(R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Index of {}</title>
<style>{}</style></head>
<body><h1>Index of {}</h1>
<table><thead><tr><th>Name</th><th>Modified (UTC)</th><th>Size</th></tr></thead><tbody>
)",
                            path, style, trail);
    if (!names.empty()) page += "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n";
    return page;
}

std::string HtmlListing::entry(const ListedFile& file) const {
    const auto name = html_escaped(file.name) + (file.is_directory ? "/" : "");
    const auto size = file.is_directory ? "-" : std::to_string(file.size);
    return fmt::format(
        "<tr><td><a href=\"{}\">{}</a></td><td><time datetime=\"{:%Y-%m-%dT%H:%M:%SZ}\">"
        "{:%Y-%m-%d %H:%M:%S}</time></td><td>{}</td></tr>\n",
        href_of(file), name, file.modified, file.modified, size);
}

std::string HtmlListing::foot(bool truncated) const {
    const std::string_view note = truncated ? "<p>There is more than is listed here.</p>\n" : "";
    return fmt::format("</tbody></table>\n{}</body></html>\n", note);
}

std::string JsonListing::head(std::span<const std::string>) const { return "[\n"; }

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
