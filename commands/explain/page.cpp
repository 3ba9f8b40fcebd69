#include "page.hpp"

#include "nettool/proto/web/html_text.hpp"
#include "nettool/proto/wire/ladder.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using proto::html_escaped;
using proto::Way;

constexpr std::string_view style = R"(:root{color-scheme:light dark}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin:2rem 0 .25rem;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.15rem .5rem;text-align:left;vertical-align:bottom;font-weight:400}
th{border-bottom:1px solid;font-weight:600}
.time,.number{text-align:right;white-space:nowrap;opacity:.75}
.rung{border-left:2px solid;border-right:2px solid;padding:.15rem 0;width:45%}
.rung span{display:block;text-align:center;overflow-wrap:anywhere;padding:0 1rem}
.rung code{font:13px/1.3 ui-monospace,monospace}
.rung i{display:block;height:0;border-top:1px solid;position:relative;margin:2px 0 4px}
.rung i::after{content:"";position:absolute;top:-5px;border:5px solid transparent}
.right i::after{right:0;border-right:0;border-left:8px solid currentColor}
.left i::after{left:0;border-left:0;border-right:8px solid currentColor}
.ends{display:flex;justify-content:space-between}
.trouble .remark{color:#b3261e;font-weight:600}
@media(prefers-color-scheme:dark){.trouble .remark{color:#ff8a80}}
p{margin:.3rem 0}code{overflow-wrap:anywhere}
@media print{body{margin:0;max-width:none;font-size:10pt}tr{break-inside:avoid}
h2{break-after:avoid}thead{display:table-header-group}})";

// What somebody who looks for the fault wants to see first.
bool is_trouble(std::string_view remark) {
    constexpr std::array<std::string_view, 13> words = {
        "retransmission", "missing", "not captured", "out of order", "duplicate ACK",
        "zero window",    "reset",   "wrong",        "unreachable",  "other bytes",
        "exceeded",       "ERROR",   "prohibited"};
    return std::ranges::any_of(
        words, [&](auto word) { return remark.find(word) != std::string_view::npos; });
}

}  // namespace

std::string page_head(std::string_view title) {
    const auto name = html_escaped(title);
    return fmt::format(R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{0}</title>
<style>{1}</style></head>
<body><h1>{0}</h1>
)",
                       name, style);
}

std::string page_file(std::string_view name) {
    return fmt::format("<h1>{}</h1>\n", html_escaped(name));
}

std::string page_section(const proto::Dialogue& dialogue) {
    const auto& talk = dialogue.conversation();
    return fmt::format(
        R"(<section id="conversation-{0}"><h2>{1}</h2>
<p>{2}</p><p>Filter: <code>{3}</code></p>
<table><thead><tr><th class="time">Seconds</th><th class="number">#</th><th><div class="ends"><span>client {4}</span><span>server {5}</span></div></th><th>Meaning</th></tr></thead><tbody>
)",
        dialogue.number(), html_escaped(title_of(dialogue)), html_escaped(summary_of(dialogue)),
        html_escaped(display_filter_of(dialogue)), html_escaped(to_string(talk.client())),
        html_escaped(to_string(talk.server())));
}

std::string page_row(const proto::CapturedPacket& packet, const proto::Conversations::Told& told,
                     double relative_s) {
    const auto remark = remark_of(told);
    return fmt::format(
        R"(<tr{}><td class="time">{:.6f}</td><td class="number">{}</td><td class="rung {}"><span><code>{}</code></span><i></i></td><td class="remark">{}</td></tr>
)",
        is_trouble(remark) ? " class=\"trouble\"" : "", relative_s, packet.number,
        told.step.way == Way::to_server ? "right" : "left", html_escaped(label_of(told)),
        html_escaped(remark));
}

std::string page_section_end() { return "</tbody></table></section>\n"; }

std::string page_note(std::string_view text) {
    return text.empty() ? std::string() : fmt::format("<p>{}</p>\n", html_escaped(text));
}

std::string page_foot() { return "</body></html>\n"; }

}  // namespace nettool::commands
