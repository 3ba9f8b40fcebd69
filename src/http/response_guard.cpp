#include "nettool/http/response_guard.hpp"

namespace nettool::http {
namespace {

std::string_view judge_status_line(std::string_view line, Strictness strictness,
                                   ResponseHead& head) {
    constexpr std::size_t version_size = 8, code_end = 12;
    if (!line.starts_with("HTTP/1.") || line.size() < code_end || !is_ascii_digit(line[7]) ||
        line[version_size] != ' ')
        return "the status line is not HTTP/1.x";
    head.minor_version = line[7] == '0' ? 0 : 1;  // a higher minor version is compatible
    const auto code = line.substr(version_size + 1, 3);
    if (code[0] < '1' || code[0] > '5' || !is_ascii_digit(code[1]) || !is_ascii_digit(code[2]))
        return "the status is not a number from 100 to 599";
    head.status = 0;
    for (const char digit : code)
        head.status = head.status * 10 + static_cast<unsigned>(digit - '0');
    if (line.size() == code_end)
        return strictness == Strictness::strict ? "no blank follows the status" : "";
    if (line[code_end] != ' ') return "the status is not a number from 100 to 599";
    head.reason = line.substr(code_end + 1);
    return is_field_value(head.reason) ? std::string_view() : "the reason has control bytes";
}

std::string_view judge_lengths(ResponseHead& head) {
    std::optional<std::uint64_t> length;
    bool sound = true;
    for (const auto& field : head.fields) {
        if (!equal_ignoring_case(field.name, "content-length")) continue;
        for_each_member(field.value, [&](std::string_view member) {
            const auto one = parse_content_length(member);
            sound = sound && one && (!length || *length == *one);
            if (one) length = one;
        });
    }
    if (!sound) return "Content-Length is no number, or several";
    if (length) head.framing = {Framing::Kind::length, *length};
    return {};
}

std::string_view judge_codings(ResponseHead& head) {
    std::size_t members = 0;
    bool chunked = false;
    for (const auto& field : head.fields) {
        if (!equal_ignoring_case(field.name, "transfer-encoding")) continue;
        for_each_member(field.value, [&](std::string_view member) {
            chunked = equal_ignoring_case(member, "chunked");
            ++members;
        });
    }
    if (members == 0) return {};
    if (members > 1 || !chunked) return "the transfer coding is not chunked";
    // With a length beside it somebody may be wrong about where the next response begins.
    if (head.framing.kind == Framing::Kind::length) head.keep_alive = false;
    head.framing = {Framing::Kind::chunked, 0};
    return {};
}

std::string_view judge_location(const ResponseHead& head) {
    const auto first = head.fields.find("location");
    for (const auto& field : head.fields)
        if (equal_ignoring_case(field.name, "location") && field.value != *first)
            return "Location is given twice";
    return {};
}

bool has_no_body(const ResponseHead& head, std::string_view method) {
    const bool tunnel = method == "CONNECT" && head.status / 100 == 2;
    return head.interim() || head.status == 204 || head.status == 304 || method == "HEAD" || tunnel;
}

std::string_view fault_text(FieldFault fault) {
    switch (fault) {
        case FieldFault::none: return {};
        case FieldFault::too_many: return "there are too many fields";
        case FieldFault::no_name: return "a field has no proper name";
        case FieldFault::blank_before_colon: return "a field name ends in a blank";
        case FieldFault::bad_value: return "a field value has control bytes";
        case FieldFault::folded: return "a field is folded over lines";
    }
    return "the fields are not understood";
}

}  // namespace

std::string_view judge_response(std::string_view raw, std::string_view method,
                                const HeadLimits& limits, ResponseHead& head,
                                Strictness strictness) {
    auto memory = std::move(head.fields);
    head = {};
    head.fields = std::move(memory);
    auto lines = raw;
    const auto line_fault = judge_status_line(take_line(lines), strictness, head);
    if (!line_fault.empty()) return line_fault;
    const auto fields = split_fields(lines, limits.fields, strictness, head.fields);
    if (const auto fault = fault_text(fields); !fault.empty()) return fault;
    head.keep_alive = wants_to_stay(head.fields, head.minor_version);
    head.framing = {Framing::Kind::until_close, 0};
    if (const auto fault = judge_lengths(head); !fault.empty()) return fault;
    if (const auto fault = judge_codings(head); !fault.empty()) return fault;
    if (const auto fault = judge_location(head); !fault.empty()) return fault;
    if (has_no_body(head, method)) head.framing = {};
    if (head.framing.kind == Framing::Kind::until_close) head.keep_alive = false;
    return {};
}

}  // namespace nettool::http
