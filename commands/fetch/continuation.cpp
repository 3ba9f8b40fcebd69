#include "continuation.hpp"

#include "nettool/base/clock.hpp"
#include "nettool/proto/web/http_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;

}  // namespace

bool is_transient(unsigned status) {
    constexpr std::array statuses = {408U, 429U, 500U, 502U, 503U, 504U};
    return std::ranges::find(statuses, status) != statuses.end();
}

std::optional<std::chrono::milliseconds> wait_in(std::string_view field) {
    std::uint32_t seconds = 0;
    const auto* end = field.data() + field.size();
    const auto [stop, status] = std::from_chars(field.data(), end, seconds);
    if (status == std::errc{} && stop == end && !field.empty())
        return std::chrono::seconds(seconds);
    if (const auto date = proto::parse_http_date(field, present_second()))
        return std::max<std::chrono::milliseconds>(*date - present_second(), 0ms);
    return std::nullopt;
}

std::string validator_of(const http::Response& response) {
    auto etag = response.field("etag");
    if (etag.starts_with('"')) return etag;
    auto text = response.field("last-modified");
    const auto modified = proto::parse_http_date(text, present_second());
    const auto date = proto::parse_http_date(response.field("date"), present_second());
    return modified && date && *date - *modified >= 1s ? text : std::string();
}

std::optional<Part> part_in(std::string_view field) {
    constexpr std::string_view unit = "bytes ";
    if (!equal_ignoring_case(field.substr(0, unit.size()), unit)) return std::nullopt;
    field.remove_prefix(unit.size());
    Part part;
    const auto dash = field.find('-');
    const auto slash = field.find('/');
    if (slash == field.npos) return std::nullopt;
    const auto number = [](std::string_view text) { return http::parse_content_length(text); };
    const auto first = dash < slash ? number(field.substr(0, dash)) : std::nullopt;
    if (!first && field.substr(0, slash) != "*") return std::nullopt;
    part.first = first.value_or(0);
    part.whole = number(field.substr(slash + 1));
    return part;
}

}  // namespace nettool::commands
