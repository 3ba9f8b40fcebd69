#include "nettool/proto/web/http_conditions.hpp"

#include "nettool/base/text.hpp"
#include "nettool/proto/web/http_date.hpp"

namespace nettool::proto {
namespace {

enum class Comparison { weak, strong };

bool match(const EntityTag& ours, std::string_view theirs, bool theirs_weak, Comparison how) {
    if (how == Comparison::strong && (ours.weak || theirs_weak)) return false;
    return ours.opaque == theirs;
}

// Takes one tag off the front of a list; nothing: there is no proper one.
struct TakenTag {
    std::string_view opaque;
    bool weak;
};
std::optional<TakenTag> take_tag(std::string_view& list) {
    const bool weak = list.starts_with("W/");
    auto rest = list.substr(weak ? 2 : 0);
    if (!rest.starts_with('"')) return std::nullopt;
    const auto end = rest.find('"', 1);
    if (end == rest.npos) return std::nullopt;
    list = rest.substr(end + 1);
    return TakenTag{rest.substr(1, end - 1), weak};
}

// `*`, or a list of which one matches.
bool any_matches(std::string_view list, const EntityTag& ours, Comparison how) {
    list = trimmed(list);
    if (list == "*") return true;
    for (;;) {
        list = trimmed(list);
        if (list.starts_with(',')) {
            list.remove_prefix(1);
            continue;
        }
        const auto tag = take_tag(list);
        if (!tag) return false;
        if (match(ours, tag->opaque, tag->weak, how)) return true;
    }
}

}  // namespace

std::string to_string(const EntityTag& tag) {
    return (tag.weak ? "W/\"" : "\"") + tag.opaque + "\"";
}

Precondition judge_conditions(const Conditions& conditions, const Validators& current,
                              std::chrono::sys_seconds now) {
    if (conditions.if_match) {
        if (!any_matches(*conditions.if_match, current.tag, Comparison::strong))
            return Precondition::failed;
    } else if (conditions.if_unmodified_since) {
        const auto since = parse_http_date(*conditions.if_unmodified_since, now);
        if (since && current.modified > *since) return Precondition::failed;
    }
    if (conditions.if_none_match)
        return any_matches(*conditions.if_none_match, current.tag, Comparison::weak)
                   ? Precondition::not_modified
                   : Precondition::proceed;
    if (conditions.if_modified_since) {
        const auto since = parse_http_date(*conditions.if_modified_since, now);
        if (since && current.modified <= *since) return Precondition::not_modified;
    }
    return Precondition::proceed;
}

bool range_applies(const Conditions& conditions, const Validators& current,
                   std::chrono::sys_seconds now) {
    if (!conditions.if_range) return true;
    auto value = trimmed(*conditions.if_range);
    if (const auto date = parse_http_date(value, now)) {
        // A date is strong only where the file cannot have changed twice within it.
        constexpr auto second = std::chrono::seconds(1);
        return *date == current.modified && current.modified + second < now;
    }
    const auto tag = take_tag(value);
    return tag && value.empty() && match(current.tag, tag->opaque, tag->weak, Comparison::strong);
}

}  // namespace nettool::proto
