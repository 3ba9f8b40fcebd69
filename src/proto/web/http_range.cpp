#include "nettool/proto/web/http_range.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr auto beyond = std::numeric_limits<std::uint64_t>::max();

// 1*DIGIT; what does not fit is beyond any size.
std::optional<std::uint64_t> parse_position(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
    std::uint64_t value = 0;
    const auto status = std::from_chars(text.data(), text.data() + text.size(), value).ec;
    return status == std::errc{} ? value : beyond;
}

struct Spec {
    std::optional<std::uint64_t> first;
    std::optional<std::uint64_t> last;  // of a suffix: how many bytes
};

std::optional<Spec> parse_spec(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == text.npos) return std::nullopt;
    Spec spec{parse_position(text.substr(0, dash)), parse_position(text.substr(dash + 1))};
    if ((!spec.first && dash > 0) || (!spec.last && dash + 1 < text.size())) return std::nullopt;
    if (!spec.first && !spec.last) return std::nullopt;
    if (spec.first && spec.last && *spec.last < *spec.first) return std::nullopt;
    return spec;
}

std::optional<ByteRange> within(const Spec& spec, std::uint64_t size) {
    if (size == 0) return std::nullopt;
    if (!spec.first) {
        const auto count = std::min(*spec.last, size);
        if (count == 0) return std::nullopt;
        return ByteRange{size - count, size - 1};
    }
    if (*spec.first >= size) return std::nullopt;
    return ByteRange{*spec.first, std::min(spec.last.value_or(beyond), size - 1)};
}

std::vector<ByteRange> coalesced(std::vector<ByteRange> parts) {
    const auto in_order = std::ranges::is_sorted(parts, {}, &ByteRange::first);
    std::vector<ByteRange> joined;
    if (!in_order) std::ranges::sort(parts, {}, &ByteRange::first);
    for (const auto& part : parts) {
        if (!joined.empty() && part.first <= joined.back().last + 1)
            joined.back().last = std::max(joined.back().last, part.last);
        else
            joined.push_back(part);
    }
    return joined;
}

}  // namespace

Ranges judge_ranges(std::string_view value, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    if (!equal_ignoring_case(value.substr(0, unit.size()), unit)) return {};
    value.remove_prefix(unit.size());
    std::vector<ByteRange> parts;
    std::size_t count = 0;
    std::uint64_t sum = 0;
    for (bool more = true; more;) {
        const auto comma = value.find(',');
        const auto word = without_blanks(value.substr(0, comma));
        more = comma != value.npos;
        value.remove_prefix(more ? comma + 1 : value.size());
        if (word.empty()) continue;  // RFC 9110 §5.6.1
        const auto spec = parse_spec(word);
        if (!spec || ++count > Ranges::max_parts) return {};
        const auto part = within(*spec, size);
        if (!part) continue;
        sum += part->size();
        if (sum > size) return {};
        parts.push_back(*part);
    }
    if (count == 0) return {};
    if (parts.empty()) return {Ranges::Verdict::unsatisfiable, {}};
    return {Ranges::Verdict::partial, coalesced(std::move(parts))};
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
    return fmt::format("bytes {}-{}/{}", range.first, range.last, size);
}

std::string unsatisfied_range(std::uint64_t size) { return fmt::format("bytes */{}", size); }

}  // namespace nettool::proto
