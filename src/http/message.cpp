#include "nettool/http/message.hpp"

#include "byte_sets.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace nettool::http {
namespace {

// Of a reg-name or an IP literal (RFC 3986 §3.2.2), but no list of hosts.
constexpr ByteSet host_bytes = [] {
    ByteSet set{};
    for (const char c : std::string_view("-._~!$&'()*+;=%:[]0123456789abcdefghijklmnopqrstuvwxyz"
                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        set[static_cast<unsigned char>(c)] = true;
    return set;
}();

}  // namespace

bool is_field_value(std::string_view text) noexcept { return all_in(value_bytes, text); }

bool has_member(std::string_view list, std::string_view word) {
    bool found = false;
    for_each_member(
        list, [&](std::string_view member) { found = found || equal_ignoring_case(member, word); });
    return found;
}

std::optional<Field> parse_field_line(std::string_view text) noexcept {
    const auto colon = text.find(':');
    if (colon == text.npos) return std::nullopt;
    const Field field{text.substr(0, colon), without_blanks(text.substr(colon + 1))};
    if (!is_token(field.name) || !is_field_value(field.value)) return std::nullopt;
    return field;
}

std::optional<std::string_view> Fields::find(std::string_view name) const noexcept {
    for (const auto& field : fields_)
        if (equal_ignoring_case(field.name, name)) return field.value;
    return std::nullopt;
}

std::size_t Fields::count(std::string_view name) const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(
        fields_, [&](const Field& field) { return equal_ignoring_case(field.name, name); }));
}

bool is_authority(std::string_view text) noexcept {
    if (!all_in(host_bytes, text)) return false;
    std::size_t host_end = text.find(':');
    if (text.starts_with('[')) {
        host_end = text.find(']');
        if (host_end++ == text.npos) return false;
    }
    const auto host = text.substr(0, host_end);
    if (host.empty() || host == "[]") return false;
    if (host.front() != '[' && host.find_first_of("[]") != host.npos) return false;
    if (host.size() == text.size()) return true;
    const auto port = text.substr(host.size());
    constexpr std::size_t longest = 6;  // `:65535`
    return port.size() <= longest && port.front() == ':' &&
           port.find_first_not_of("0123456789", 1) == port.npos;
}

std::optional<std::uint64_t> parse_content_length(std::string_view text) noexcept {
    constexpr std::size_t max_digits = 19;  // 2^63 and so every size of a file fits
    if (text.empty() || text.size() > max_digits) return std::nullopt;
    std::uint64_t length = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, length);
    if (status != std::errc{} || stop != end) return std::nullopt;
    if (length > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;  // others may read it as a negative number
    return length;
}

bool wants_to_stay(const Fields& fields, unsigned minor_version) {
    bool close = false, keep_alive = false;
    for (const auto& field : fields) {
        if (!equal_ignoring_case(field.name, "connection")) continue;
        close = close || has_member(field.value, "close");
        keep_alive = keep_alive || has_member(field.value, "keep-alive");
    }
    return !close && (minor_version >= 1 || keep_alive);
}

}  // namespace nettool::http
