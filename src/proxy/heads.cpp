#include "nettool/proxy/heads.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

namespace nettool::proxy {
namespace {

using http::Field;
using http::Fields;
using http::Framing;

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& names, std::string_view name) {
    return std::ranges::any_of(
        names, [name](std::string_view one) { return equal_ignoring_case(one, name); });
}

// Of this connection only (RFC 9110 §7.6.1), or written anew.
constexpr std::array<std::string_view, 10> never_passed = {
    "connection", "keep-alive",        "proxy-connection", "proxy-authorization",
    "te",         "transfer-encoding", "upgrade",          "content-length",
    "trailer",    "http2-settings"};
constexpr std::array<std::string_view, 3> of_requests = {"host", "expect", "max-forwards"};

// The fields that Connection names besides.
class Nominated {
public:
    explicit Nominated(const Fields& fields) {
        for (const auto& field : fields) {
            if (!equal_ignoring_case(field.name, "connection")) continue;
            http::for_each_member(field.value, [this](std::string_view name) {
                const bool usual = name.empty() || equal_ignoring_case(name, "close") ||
                                   equal_ignoring_case(name, "keep-alive");
                if (!usual) names_.push_back(name);
            });
        }
    }
    bool has(std::string_view name) const {
        return std::ranges::any_of(
            names_, [name](std::string_view one) { return equal_ignoring_case(one, name); });
    }

private:
    std::vector<std::string_view> names_;
};

void append_field(std::string& text, std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
}

void append_number(std::string& text, std::string_view name, std::uint64_t value) {
    const fmt::format_int digits(value);
    append_field(text, name, {digits.data(), digits.size()});
}

void append_framing(std::string& text, const Framing& framing) {
    if (framing.kind == Framing::Kind::length)
        append_number(text, "Content-Length", framing.length);
    if (framing.kind == Framing::Kind::chunked) append_field(text, "Transfer-Encoding", "chunked");
}

void append_via(std::string& text, unsigned minor_version, std::string_view pseudonym) {
    text.append(minor_version == 0 ? "Via: 1.0 " : "Via: 1.1 ").append(pseudonym).append("\r\n");
}

// Fields behind the last chunk may be named, if there can be such.
bool passes(const Nominated& nominated, std::string_view name, const Framing& framing) {
    if (equal_ignoring_case(name, "trailer")) return framing.kind == Framing::Kind::chunked;
    return !is_one_of(never_passed, name) && !nominated.has(name);
}

bool keeps_secret(bool is_trace, std::string_view name) {
    constexpr std::array<std::string_view, 2> secrets = {"authorization", "cookie"};
    return is_trace && is_one_of(secrets, name);
}

// What a bodiless answer says of the body that another request would have got.
void append_length_of(std::string& text, const http::ResponseHead& response) {
    const auto value = response.fields.find("content-length").value_or("");
    const auto length = http::parse_content_length(value.substr(0, value.find(',')));
    if (length) append_number(text, "Content-Length", *length);
}

// So that who follows it stays with the textbook's proxy.
void append_path_location(std::string& text, const Field& field, std::string_view authority) {
    auto value = field.value;
    text.append(field.name).append(": /");
    if (value.starts_with("http://"))
        value.remove_prefix(std::string_view("http://").size());
    else if (value.starts_with('/') && !value.starts_with("//"))
        text.append(authority);
    else if (value.starts_with("//"))
        value.remove_prefix(2);
    text.append(value).append("\r\n");
}

void append_location(std::string& text, const Field& field, const ResponseChanges& changes) {
    const bool is_whole = field.value.starts_with('/') || field.value.starts_with("http://") ||
                          field.value.starts_with("https://");
    if (!changes.path_style.empty() && is_whole)
        return append_path_location(text, field, changes.path_style);
    const auto& from = changes.origin;
    const auto rest = field.value.substr(std::min(from.size(), field.value.size()));
    const bool is_ours = !from.empty() && field.value.starts_with(from) &&
                         (rest.empty() || rest.front() == '/' || rest.front() == '?');
    if (!is_ours) return append_field(text, field.name, field.value);
    text.append(field.name).append(": ").append(changes.own_origin).append(rest).append("\r\n");
}

}  // namespace

bool has_passed(const Fields& fields, std::string_view pseudonym) {
    bool found = false;
    for (const auto& field : fields) {
        if (!equal_ignoring_case(field.name, "via")) continue;
        http::for_each_member(field.value, [&](std::string_view member) {
            const auto blank = member.find(' ');
            if (blank == member.npos) return;
            const auto name = without_blanks(member.substr(blank));
            found = found || name.substr(0, name.find(' ')) == pseudonym;
        });
    }
    return found;
}

bool asks_for_websocket(const http::RequestHead& request) {
    const auto upgrade = request.fields.find("upgrade");
    if (!upgrade || request.minor_version == 0 || request.method != "GET") return false;
    if (request.framing.kind != Framing::Kind::none) return false;
    if (!equal_ignoring_case(*upgrade, "websocket") || request.fields.count("upgrade") > 1)
        return false;
    return std::ranges::any_of(request.fields, [](const Field& field) {
        return equal_ignoring_case(field.name, "connection") &&
               http::has_member(field.value, "upgrade");
    });
}

void append_request_head(std::string& text, const http::RequestHead& request, const Destination& to,
                         const RequestChanges& changes) {
    text.append(request.method).append(" ");
    if (changes.whole_url) text.append("http://").append(to.authority);
    if (!changes.whole_url || to.target != "*") text.append(to.target);
    text.append(" HTTP/1.1\r\n");
    append_field(text, "Host", to.authority);
    const Nominated nominated(request.fields);
    const bool is_trace = request.method == "TRACE";
    for (const auto& field : request.fields)
        if (passes(nominated, field.name, request.framing) && !is_one_of(of_requests, field.name) &&
            !keeps_secret(is_trace, field.name) &&
            !(changes.was_for_us && equal_ignoring_case(field.name, "authorization")))
            append_field(text, field.name, field.value);
    if (request.expects_continue) append_field(text, "Expect", "100-continue");
    if (changes.max_forwards)
        append_number(text, "Max-Forwards", *changes.max_forwards);
    else if (const auto left = request.fields.find("max-forwards"))
        append_field(text, "Max-Forwards", *left);
    if (!changes.forwarded.empty()) append_field(text, "Forwarded", changes.forwarded);
    append_via(text, request.minor_version, changes.pseudonym);
    if (!changes.proxy_credentials.empty())
        append_field(text, "Proxy-Authorization", changes.proxy_credentials);
    if (asks_for_websocket(request)) text.append("Connection: Upgrade\r\nUpgrade: websocket\r\n");
    append_framing(text, request.framing);
    const bool says_none = request.framing.kind == Framing::Kind::none;
    if (says_none && request.fields.count("content-length") > 0)
        append_number(text, "Content-Length", 0);
    text.append("\r\n");
}

void append_response_head(std::string& text, const http::ResponseHead& response,
                          std::string_view method, const ResponseChanges& changes) {
    const fmt::format_int status(response.status);
    text.append("HTTP/1.1 ").append(status.data(), status.size()).append(" ");
    text.append(response.reason).append("\r\n");
    const Nominated nominated(response.fields);
    for (const auto& field : response.fields) {
        if (!passes(nominated, field.name, changes.framing)) continue;
        if (equal_ignoring_case(field.name, "location"))
            append_location(text, field, changes);
        else
            append_field(text, field.name, field.value);
    }
    if (!changes.date.empty() && response.fields.count("date") == 0)
        append_field(text, "Date", changes.date);
    append_via(text, response.minor_version, changes.pseudonym);
    if (changes.connection == "Upgrade") text.append("Upgrade: websocket\r\n");
    if (!changes.connection.empty()) append_field(text, "Connection", changes.connection);
    // Without it a client would not know what to ask for (RFC 9110 §15.5.22).
    const auto wanted = response.status == 426 ? response.fields.find("upgrade") : std::nullopt;
    if (wanted) {
        append_field(text, "Connection", "Upgrade");
        append_field(text, "Upgrade", *wanted);
    }
    append_framing(text, changes.framing);
    const bool says_length = method == "HEAD" || response.status == 304;
    if (says_length && changes.framing.kind == Framing::Kind::none)
        append_length_of(text, response);
    text.append("\r\n");
}

}  // namespace nettool::proxy
