#include "nettool/proto/web/receipt.hpp"

#include "nettool/base/digest.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/web/html_text.hpp"
#include "nettool/proto/web/page_assets.hpp"
#include "nettool/proto/web/percent.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <fmt/format.h>

namespace nettool::proto {
std::string receipt_text(std::span<const Receipt> receipts) {
    std::string text;
    for (const auto& [name, size, sha256, problem] : receipts)
        text += problem.empty() ? fmt::format("saved {}: {} bytes, sha256 {}\n", escaped(name),
                                              size, hex(sha256))
                                : fmt::format("not saved {}: {}\n", escaped(name), problem);
    return text;
}

std::string receipt_json(std::span<const Receipt> receipts) {
    boost::json::array all;
    for (const auto& [name, size, sha256, problem] : receipts) {
        boost::json::object one;
        one["name"] = with_replacements(name);
        one["saved"] = problem.empty();
        if (problem.empty()) {
            one["size"] = size;
            one["sha256"] = hex(sha256);
        } else {
            one["problem"] = problem;
        }
        all.push_back(std::move(one));
    }
    return boost::json::serialize(all) + "\n";
}

std::string receipt_page(std::span<const Receipt> receipts, std::string_view back) {
    std::string rows;
    for (const auto& [name, size, sha256, problem] : receipts)
        rows += problem.empty()
                    ? fmt::format(
                          "<tr><td>{}</td><td>saved</td><td>{} bytes</td>"
                          "<td><code>{}</code></td></tr>\n",
                          html_escaped(name), size, hex(sha256))
                    : fmt::format(
                          "<tr><td>{}</td><td class=\"bad\" colspan=\"3\">not saved: {}</td>"
                          "</tr>\n",
                          html_escaped(name), html_escaped(problem));
    return fmt::format(R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Receipt</title>
<style>{}</style></head>
<body><h1>Receipt</h1>
<table id="receipt"><thead><tr><th>Name</th><th></th><th>Size</th><th>SHA-256</th></tr></thead><tbody>
{}</tbody></table>
<p><a href="{}">Back to the files</a></p>
</body></html>
)",
                       page_style(), rows, html_escaped(back));
}

}  // namespace nettool::proto
