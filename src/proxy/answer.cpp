#include "nettool/proxy/answer.hpp"

#include "nettool/base/text.hpp"
#include "nettool/http/credentials.hpp"
#include "nettool/http/head_writer.hpp"
#include "nettool/http/ready_response.hpp"
#include "nettool/proto/web/html_text.hpp"
#include "nettool/proxy/secret_mask.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nettool::proxy {
namespace {

constexpr std::string_view usage =
    "\nThis is a web proxy. Ask it for whole URLs:\n"
    "    curl -x http://HOST:PORT http://www.example.com/\n"
    "or name it as the HTTP proxy in the settings of your browser. With --lab it also takes\n"
    "    http://HOST:PORT/www.example.com/page\n";

constexpr std::string_view methods = "GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE, CONNECT";

constexpr std::string_view policy =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

// Field values hold what a peer may have chosen the words of.
std::string as_sf_string(std::string_view text) {
    std::string value = "\"";
    for (const char c : escaped(text)) {
        if (c == '"' || c == '\\') value += '\\';
        value += static_cast<unsigned char>(c) < 0x80 ? c : '?';
    }
    return value + '"';
}

std::string proxy_status(const Refused& refused, std::string_view pseudonym) {
    return fmt::format("{}; error={}; details={}", pseudonym, refused.error,
                       as_sf_string(refused.why));
}

// Line by line: the end of one is no text.
std::string html_of(std::string_view text) {
    std::string html;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        proto::append_html_escaped(html, text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
        if (!text.empty()) html += '\n';
    }
    return html;
}

std::string page_of(unsigned status, std::string_view title, std::string_view text) {
    return fmt::format(
        R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{0} {1}</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:45rem;margin:3rem auto;padding:0 1rem}}
pre{{white-space:pre-wrap}}</style></head>
<body><h1>{0} {1}</h1><pre>{2}</pre><p>nettool proxy-server</p></body></html>
)",
        status, title, html_of(text));
}

http::HeadWriter head_of(unsigned status, std::string_view pseudonym, bool closes) {
    http::HeadWriter head(status);
    head.field("Date", http::date_of(std::chrono::system_clock::now()));
    head.field("Via", "1.1 " + std::string(pseudonym));
    if (closes) head.field("Connection", "close");
    return head;
}

std::string text_of(const Refused& refused, bool shows_usage) {
    const auto phrase = http::reason_phrase(refused.status);
    auto text = fmt::format("{}{}{}: {}.\n", refused.status, phrase.empty() ? "" : " ", phrase,
                            escaped(refused.why));
    if (shows_usage) text += usage;
    return text;
}

}  // namespace

bool wants_page(const http::Fields& fields) {
    return fields.find("accept").value_or("").find("text/html") != std::string_view::npos;
}

std::string own_answer(const Refused& refused, const OwnAnswer& about) {
    constexpr unsigned credentials_wanted = 407, login_wanted = 401, not_allowed = 405;
    auto head = head_of(refused.status, about.pseudonym, about.closes);
    const auto title = http::reason_phrase(refused.status);
    auto body = text_of(refused, about.shows_usage);
    if (about.for_browsers) body = page_of(refused.status, title, body);
    if (!refused.error.empty()) head.field("Proxy-Status", proxy_status(refused, about.pseudonym));
    if (refused.status == credentials_wanted)
        head.field("Proxy-Authenticate", http::Credentials::challenge);
    if (refused.status == login_wanted)
        head.field("WWW-Authenticate", http::Credentials::challenge);
    if (refused.status == not_allowed) head.field("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
    head.field("Content-Type",
               about.for_browsers ? "text/html; charset=utf-8" : "text/plain; charset=utf-8")
        .field("X-Content-Type-Options", "nosniff")
        .field("Cache-Control", "no-store")
        .field("Content-Security-Policy", policy)
        .field("Content-Length", body.size());
    auto answer = std::move(head).finish();
    if (about.method != "HEAD") answer += body;
    return answer;
}

std::string options_answer(std::string_view pseudonym, bool closes) {
    auto head = head_of(200, pseudonym, closes);
    head.field("Allow", methods).field("Content-Length", std::uint64_t(0));
    return std::move(head).finish();
}

std::string trace_answer(std::string_view request_head, std::string_view pseudonym, bool closes) {
    const auto body = without_secrets(request_head);
    auto head = head_of(200, pseudonym, closes);
    head.field("Content-Type", "message/http").field("Content-Length", body.size());
    return std::move(head).finish() + body;
}

}  // namespace nettool::proxy
