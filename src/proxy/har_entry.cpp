#include "nettool/proxy/har_entry.hpp"

#include "nettool/base/text.hpp"
#include "nettool/http/head_scan.hpp"
#include "nettool/proto/web/percent.hpp"
#include "nettool/proxy/phases.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace nettool::proxy {
namespace {

std::string quote(std::string_view text) { return boost::json::serialize(text); }

std::string milliseconds(std::chrono::nanoseconds time) {
    return fmt::format("{:.3f}", std::chrono::duration<double, std::milli>(time).count());
}

struct Head {
    std::string_view start_line;
    http::Fields fields;
};

Head split(std::string_view text) {
    constexpr auto all = std::numeric_limits<std::size_t>::max();
    Head head;
    head.start_line = http::take_line(text);
    // What a head is at fault with has been judged elsewhere; the fields before it are shown.
    (void)http::split_fields(text, all, http::Strictness::lenient, head.fields);
    return head;
}

std::string pair(std::string_view name, std::string_view value) {
    return fmt::format(R"({{"name":{},"value":{}}})", quote(name), quote(value));
}

std::string headers_of(const Head& head) {
    std::string text;
    for (const auto& field : head.fields) append_joined(text, ",", pair(field.name, field.value));
    return "[" + text + "]";
}

// As a form has it (URL Standard, §5.1).
std::string decoded(std::string_view text) {
    std::string plain(text);
    std::ranges::replace(plain, '+', ' ');
    return proto::percent_decoded_leniently(plain);
}

std::string query_of(std::string_view url) {
    std::string text;
    const auto begin = url.find('?');
    auto query = begin == url.npos ? std::string_view() : url.substr(begin + 1);
    while (!query.empty()) {
        const auto part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(part.size() + 1, query.size()));
        if (part.empty()) continue;
        const auto name = part.substr(0, part.find('='));
        const auto value = part.substr(std::min(name.size() + 1, part.size()));
        append_joined(text, ",", pair(decoded(name), decoded(value)));
    }
    return "[" + text + "]";
}

// `HTTP/1.1`, of the start line of a request or a response.
std::string_view version_of(std::string_view start_line) {
    const auto at = start_line.starts_with("HTTP/") ? 0 : start_line.rfind("HTTP/");
    if (at == start_line.npos) return "unknown";
    const auto version = start_line.substr(at);
    return version.substr(0, version.find(' '));
}

std::string_view reason_of(std::string_view status_line) {
    const auto behind_version = std::min(status_line.find(' '), status_line.size() - 1);
    const auto behind_status = status_line.find(' ', behind_version + 1);
    return behind_status == status_line.npos ? "" : status_line.substr(behind_status + 1);
}

// -1: not known, for where a secret was something else stands, which is not as long.
std::int64_t size_of(std::string_view head) {
    const bool is_known = !head.empty() && head.find("<redacted ") == head.npos;
    return is_known ? static_cast<std::int64_t>(head.size()) : -1;
}

// The authority that CONNECT names is no URL.
std::string url_of(const Transaction& transaction) {
    return transaction.method == "CONNECT" ? "tcp://" + transaction.url : transaction.url;
}

std::string request_of(const Transaction& transaction) {
    const auto& text = transaction.heads.request_received;
    const auto head = split(text);
    return fmt::format(
        R"({{"method":{},"url":{},"httpVersion":{},"cookies":[],"headers":{},"queryString":{},)"
        R"("headersSize":{},"bodySize":{}}})",
        quote(transaction.method), quote(url_of(transaction)), quote(version_of(head.start_line)),
        headers_of(head), query_of(transaction.url), size_of(text), transaction.received_bytes);
}

std::string response_of(const Transaction& transaction) {
    const auto& text = transaction.heads.response_sent;
    const auto head = split(text);
    return fmt::format(
        R"({{"status":{},"statusText":{},"httpVersion":{},"cookies":[],"headers":{},)"
        R"("content":{{"size":{},"mimeType":{}}},"redirectURL":{},"headersSize":{},)"
        R"("bodySize":{}}})",
        transaction.status, quote(reason_of(head.start_line)), quote(version_of(head.start_line)),
        headers_of(head), transaction.sent_bytes,
        quote(head.fields.find("content-type").value_or("x-unknown")),
        quote(head.fields.find("location").value_or("")), size_of(text), transaction.sent_bytes);
}

// `ssl` is a part of `connect`.  -1 says that there was none, which the last three may not.
std::string timings_of(const Transaction& transaction) {
    const auto phases = phases_of(transaction);
    const auto optional = [](Phases::Part part) { return part ? milliseconds(*part) : "-1"; };
    const auto always = [](Phases::Part part) {
        return milliseconds(part.value_or(std::chrono::nanoseconds(0)));
    };
    auto connect = phases.connect;
    if (phases.tls) connect = connect.value_or(std::chrono::nanoseconds(0)) + *phases.tls;
    return fmt::format(
        R"({{"blocked":{},"dns":{},"connect":{},"ssl":{},"send":{},"wait":{},"receive":{}}})",
        optional(phases.held), optional(phases.name), optional(connect), optional(phases.tls),
        always(phases.send), always(phases.wait), always(phases.receive));
}

// What the format has no name for begins with `_`.
std::string extras_of(const Transaction& transaction) {
    const auto& server = transaction.server;
    std::string text;
    const auto add = [&text](std::string_view name, std::string_view value) {
        if (!value.empty()) text += fmt::format(R"(,"{}":{})", name, quote(value));
    };
    if (server && !server->is_unix) add("serverIPAddress", server->host);
    add("connection", std::to_string(transaction.connection));
    add("_error", transaction.error);
    add("_cause", transaction.cause);
    add("_injected", transaction.injected);
    return text +
           fmt::format(R"(,"_reused":{},"_tunnel":{})", transaction.reused, transaction.tunnel);
}

}  // namespace

std::string har_begin() {
    return R"({"log":{"version":"1.2","creator":{"name":"nettool","version":")" NETTOOL_VERSION
           R"("},"entries":[)";
}

std::string har_entry(const Transaction& transaction) {
    return json_safe(fmt::format(
        R"({{"startedDateTime":"{}","time":{},"request":{},"response":{},"cache":{{}},)"
        R"("timings":{}{}}})",
        rfc3339(transaction.time), milliseconds(duration_of(transaction)), request_of(transaction),
        response_of(transaction), timings_of(transaction), extras_of(transaction)));
}

}  // namespace nettool::proxy
