#include "nettool/http/request_guard.hpp"

#include "byte_sets.hpp"

namespace nettool::http {
namespace {

using Verdict = std::optional<Refusal>;
constexpr std::size_t max_target_bytes = 8UL * 1024;

Verdict refuse(unsigned status, std::string_view why) { return Refusal{status, why}; }

Verdict judge_version(std::string_view version, RequestHead& head) {
    constexpr std::string_view name = "HTTP/";
    const bool well_formed = version.size() == 8 && version.starts_with(name) &&
                             version[5] >= '0' && version[5] <= '9' && version[6] == '.' &&
                             version[7] >= '0' && version[7] <= '9';
    if (!well_formed) return refuse(400, "the version is not HTTP/1.x");
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    head.minor_version = version.back() == '1' ? 1 : 0;
    return {};
}

Verdict judge_start_line(std::string_view line, RequestHead& head) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == line.npos || first == last) return refuse(400, "the request line is not whole");
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, last - first - 1);
    if (head.target.empty()) return refuse(400, "the target is missing");
    if (!is_token(head.method)) {
        head.method = {};
        return refuse(400, "the method is no token");
    }
    if (auto refusal = judge_version(line.substr(last + 1), head)) return refusal;
    if (head.target.size() > max_target_bytes) return refuse(414, "the target is too long");
    if (!all_in(target_bytes, head.target))
        return refuse(400, "the target has bytes that must be percent-encoded");
    return {};
}

Verdict judge_fields(FieldFault fault) {
    switch (fault) {
        case FieldFault::none: return {};
        case FieldFault::too_many: return refuse(431, "there are too many fields");
        case FieldFault::no_name: return refuse(400, "a field has no proper name");
        case FieldFault::blank_before_colon: return refuse(400, "a field name ends in a blank");
        case FieldFault::bad_value: return refuse(400, "a field value has control bytes");
        case FieldFault::folded: return refuse(400, "a field is folded over lines");
    }
    return refuse(400, "the fields are not understood");
}

// Exactly one `chunked`; a coding that we do not know but that is one is 501 (RFC 9112 §6.1).
Verdict judge_codings(std::string_view value) {
    bool tokens = true, last_is_chunked = false;
    std::size_t members = 0, chunked = 0;
    for_each_member(value, [&](std::string_view member) {
        tokens = tokens && is_token(member.substr(0, member.find_first_of(" \t;")));
        last_is_chunked = equal_ignoring_case(member, "chunked");
        chunked += last_is_chunked ? 1 : 0;
        ++members;
    });
    if (!tokens) return refuse(400, "Transfer-Encoding is malformed");
    if (chunked > 1 || (chunked == 1 && !last_is_chunked))
        return refuse(400, "chunked must be the last transfer coding, and once");
    if (chunked == 0 || members > 1) return refuse(501, "the transfer coding is not known here");
    return {};
}

bool all_lengths_are(const Fields& fields, std::string_view value) {
    return std::ranges::all_of(fields, [value](const Field& field) {
        return !equal_ignoring_case(field.name, "content-length") || field.value == value;
    });
}

Verdict judge_framing(RequestHead& head, Recipient recipient) {
    const auto codings = head.fields.count("transfer-encoding");
    const auto lengths = head.fields.count("content-length");
    if (codings > 0) {
        if (codings > 1) return refuse(400, "Transfer-Encoding is repeated");
        if (lengths > 0) return refuse(400, "both Transfer-Encoding and Content-Length");
        if (head.minor_version == 0) return refuse(400, "HTTP/1.0 knows no Transfer-Encoding");
        head.framing.kind = Framing::Kind::chunked;
        return judge_codings(*head.fields.find("transfer-encoding"));
    }
    if (lengths == 0) return {};
    const auto value = *head.fields.find("content-length");
    const bool may_repeat = recipient == Recipient::proxy && all_lengths_are(head.fields, value);
    if (lengths > 1 && !may_repeat) return refuse(400, "Content-Length is repeated");
    const auto length = parse_content_length(value);
    if (!length) return refuse(400, "Content-Length is not a number");
    head.framing = {*length > 0 ? Framing::Kind::length : Framing::Kind::none, *length};
    return {};
}

Verdict judge_expectation(RequestHead& head) {
    const auto expectation = head.fields.find("expect");
    if (!expectation || head.minor_version == 0) return {};
    if (!equal_ignoring_case(*expectation, "100-continue") || head.fields.count("expect") > 1)
        return refuse(417, "only 100-continue can be expected");
    head.expects_continue = head.framing.kind != Framing::Kind::none;
    return {};
}

Verdict judge_host(RequestHead& head) {
    const auto hosts = head.fields.count("host");
    if (hosts > 1) return refuse(400, "Host is repeated");
    if (hosts == 0 && head.minor_version > 0) return refuse(400, "Host is missing");
    if (hosts == 1) head.host = *head.fields.find("host");
    if (hosts == 1 && !is_authority(head.host)) return refuse(400, "Host is not HOST or HOST:PORT");
    return {};
}

// The absolute form of a proxy's client; its authority wins over Host, so the two must agree.
Verdict judge_absolute_form(RequestHead& head) {
    const auto scheme_end = head.target.find("://");
    const auto scheme = head.target.substr(0, scheme_end);
    if (scheme_end == head.target.npos ||
        !(equal_ignoring_case(scheme, "http") || equal_ignoring_case(scheme, "https")))
        return refuse(400, "the target does not begin with a slash");
    auto rest = head.target.substr(scheme_end + 3);
    const auto path = rest.find_first_of("/?");
    const auto authority = rest.substr(0, path);
    if (!is_authority(authority)) return refuse(400, "the target has no proper host");
    if (head.fields.count("host") > 0 && !equal_ignoring_case(authority, head.host))
        return refuse(400, "the target and Host name different hosts");
    head.host = authority;
    head.target = path == rest.npos ? std::string_view("/") : rest.substr(path);
    if (head.target.front() == '?') return refuse(400, "the target has no path");
    if (head.method == "OPTIONS" && path == rest.npos) head.target = "*";
    return {};
}

Verdict judge_target(RequestHead& head) {
    if (head.method == "CONNECT" || head.method == "TRACE")
        return refuse(405, "this method is not served here");
    if (head.target.front() == '/') return {};
    if (head.target != "*") return judge_absolute_form(head);
    if (head.method != "OPTIONS") return refuse(400, "'*' goes with OPTIONS only");
    return {};
}

}  // namespace

std::optional<Refusal> judge_request(std::string_view raw, const HeadLimits& limits,
                                     RequestHead& head, Recipient recipient) {
    auto fields = std::move(head.fields);  // for their memory
    head = {};
    head.fields = std::move(fields);
    auto lines = raw;
    if (auto refusal = judge_start_line(take_line(lines), head)) return refusal;
    const auto fault = split_fields(lines, limits.fields, Strictness::strict, head.fields);
    if (auto refusal = judge_fields(fault)) return refusal;
    if (auto refusal = judge_framing(head, recipient)) return refusal;
    if (auto refusal = judge_host(head)) return refusal;
    if (recipient == Recipient::origin)
        if (auto refusal = judge_target(head)) return refusal;
    if (auto refusal = judge_expectation(head)) return refusal;
    head.keep_alive = wants_to_stay(head.fields, head.minor_version);
    return {};
}

Refusal refusal_of(HeadScanner::Progress progress) {
    using Progress = HeadScanner::Progress;
    if (progress == Progress::long_start_line) return {414, "the target is too long"};
    if (progress == Progress::long_head) return {431, "the head is too long"};
    return {400, "a line does not end in CR LF"};
}

}  // namespace nettool::http
