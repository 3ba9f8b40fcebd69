#include "nettool/http/plain_head.hpp"

#include "byte_sets.hpp"

namespace nettool::http {
namespace {

// Takes the bytes of this set off the front.
std::string_view take(std::string_view& rest, const ByteSet& set) {
    std::size_t size = 0;
    while (size < rest.size() && is_in(set, rest[size])) ++size;
    const auto taken = rest.substr(0, size);
    rest.remove_prefix(size);
    return taken;
}

bool skip(std::string_view& rest, std::string_view expected) {
    if (!rest.starts_with(expected)) return false;
    rest.remove_prefix(expected.size());
    return true;
}

// Whose meaning goes beyond the response itself.
bool is_special(std::string_view name) {
    switch (name.size()) {
        case 6: return equal_ignoring_case(name, "expect");
        case 10: return equal_ignoring_case(name, "connection");
        case 14: return equal_ignoring_case(name, "content-length");
        case 17: return equal_ignoring_case(name, "transfer-encoding");
        default: return false;
    }
}

bool read_field(std::string_view& rest, Field& field) {
    field.name = take(rest, token_bytes);
    if (field.name.empty() || !skip(rest, ":")) return false;
    field.value = without_blanks(take(rest, value_bytes));
    return skip(rest, "\r\n") && !is_special(field.name);
}

}  // namespace

std::optional<std::size_t> read_plain_head(std::string_view bytes, const HeadLimits& limits,
                                           RequestHead& head) {
    constexpr std::size_t usual_target = 2048, usual_head = 8UL * 1024;
    auto rest = bytes.substr(0, std::min(usual_head, limits.head_bytes));
    const std::string_view method = rest.starts_with("GET /") ? "GET" : "HEAD";
    if (!skip(rest, method) || !skip(rest, " ") || !rest.starts_with('/')) return std::nullopt;
    const auto target = take(rest, target_bytes);
    if (target.size() > usual_target || !skip(rest, " HTTP/1.1\r\n")) return std::nullopt;
    head.fields.clear();
    head.host = {};
    bool has_host = false;
    while (!skip(rest, "\r\n")) {
        Field field;
        if (head.fields.size() == limits.fields || !read_field(rest, field)) return std::nullopt;
        head.fields.add(field);
        if (field.name.size() != 4 || !equal_ignoring_case(field.name, "host")) continue;
        if (has_host || !is_authority(field.value)) return std::nullopt;
        has_host = true;
        head.host = field.value;
    }
    if (!has_host) return std::nullopt;
    head.method = bytes.substr(0, method.size());
    head.target = target;
    head.minor_version = 1;
    head.framing = {};
    head.keep_alive = true;
    head.expects_continue = false;
    return static_cast<std::size_t>(rest.data() - bytes.data());
}

}  // namespace nettool::http
