#include "nettool/proxy/head_changes.hpp"

#include "nettool/http/head_scan.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace nettool::proxy {
namespace {

using http::Field;
using http::Fields;
using Kind = FieldChange::Kind;

struct Reason {
    std::string_view name;
    ChangeReason reason;
};

constexpr std::array reasons = {
    Reason{"connection",
           {"it speaks of one connection only, so each of the two has its own", "RFC 9110 §7.6.1"}},
    Reason{"content-length", {"the body is framed anew on each connection", "RFC 9112 §6.2"}},
    Reason{"date", {"an answer that does not say when it was made gets a date", "RFC 9110 §6.6.1"}},
    Reason{"expect", {"the proxy asks the server in the same way", "RFC 9110 §10.1.1"}},
    Reason{"forwarded", {"tells the server for whom the proxy asks", "RFC 7239 §4"}},
    Reason{"host", {"the URL says which host is meant, whatever the field did", "RFC 9112 §3.2.2"}},
    Reason{"keep-alive",
           {"for how long it stays is said on each connection apart", "RFC 9110 §7.6.1"}},
    Reason{"location", {"points to the proxy, which stands in front of the server", ""}},
    Reason{"max-forwards", {"counts how many proxies may still pass it on", "RFC 9110 §7.6.2"}},
    Reason{"proxy-authorization",
           {"the password is for one proxy, and nobody else is to see it", "RFC 9110 §11.7.2"}},
    Reason{"proxy-authenticate", {"asks for a password for this proxy", "RFC 9110 §11.7.1"}},
    Reason{"proxy-connection",
           {"an old way to say Connection to a proxy, which is no standard; not for servers",
            "RFC 9112 §C.2.2"}},
    Reason{"proxy-status", {"the proxy says what it did, and what went wrong", "RFC 9209 §2"}},
    Reason{"te", {"says what the next in line understands, no more", "RFC 9110 §10.1.4"}},
    Reason{"trailer", {"names what follows the chunks, if there are any", "RFC 9110 §6.6.2"}},
    Reason{"transfer-encoding", {"the body is framed anew on each connection", "RFC 9112 §6.1"}},
    Reason{"upgrade",
           {"only the two ends of one connection can speak another protocol", "RFC 9110 §7.8"}},
    Reason{"via",
           {"each proxy adds itself, so that loops are noticed and everybody knows who may have "
            "changed something",
            "RFC 9110 §7.6.3"}},
};

constexpr ChangeReason nominated{"Connection names it, so it is for one connection only",
                                 "RFC 9110 §7.6.1"};
constexpr ChangeReason whole_url{
    "a client tells a proxy the whole URL, a proxy tells the server the path of it",
    "RFC 9112 §3.2"};
constexpr ChangeReason own_version{"each of the two connections has its own version of HTTP",
                                   "RFC 9110 §2.5"};
constexpr ChangeReason own_answer{"the proxy has answered by itself", ""};
constexpr ChangeReason not_sent{"nothing was sent to a server", ""};

std::vector<Field> fields_of(std::string_view lines) {
    constexpr auto all = std::numeric_limits<std::size_t>::max();
    Fields fields;
    (void)http::split_fields(lines, all, http::Strictness::lenient, fields);
    return {fields.begin(), fields.end()};
}

bool is_nominated(const std::vector<Field>& fields, std::string_view name) {
    return std::ranges::any_of(fields, [name](const Field& field) {
        return equal_ignoring_case(field.name, "connection") && http::has_member(field.value, name);
    });
}

ChangeReason reason_for(std::string_view name, const std::vector<Field>& before) {
    const auto* const found = std::ranges::find_if(
        reasons, [name](const Reason& reason) { return equal_ignoring_case(reason.name, name); });
    if (found != reasons.end()) return found->reason;
    return is_nominated(before, name) ? nominated : ChangeReason();
}

// Takes it out of `fields`.
template <class Matches>
std::optional<std::string_view> take(std::vector<Field>& fields, Matches matches) {
    const auto found = std::ranges::find_if(fields, matches);
    if (found == fields.end()) return std::nullopt;
    const auto value = found->value;
    fields.erase(found);
    return value;
}

FieldChange change_of(const Field& field, std::vector<Field>& after) {
    const auto has_name = [&field](const Field& other) {
        return equal_ignoring_case(other.name, field.name);
    };
    const auto is_same = [&](const Field& other) {
        return has_name(other) && other.value == field.value;
    };
    FieldChange change;
    change.name = field.name;
    change.before = field.value;
    change.after = take(after, is_same);
    if (change.after) return change;
    change.after = take(after, has_name);
    change.kind = change.after ? Kind::changed : Kind::removed;
    return change;
}

FieldChange addition_of(const Field& field) {
    FieldChange change;
    change.kind = Kind::added;
    change.name = field.name;
    change.after = field.value;
    return change;
}

ChangeReason reason_for_lines(const HeadChanges& changes, HeadOf kind) {
    if (changes.line_before == changes.line_after) return {};
    const bool is_request = kind == HeadOf::request;
    if (changes.line_after.empty()) return is_request ? not_sent : ChangeReason();
    if (changes.line_before.empty()) return is_request ? ChangeReason() : own_answer;
    return is_request ? whole_url : own_version;
}

}  // namespace

HeadChanges changes_between(std::string_view before, std::string_view after, HeadOf kind) {
    HeadChanges changes;
    changes.line_before = http::take_line(before);
    changes.line_after = http::take_line(after);
    changes.reason = reason_for_lines(changes, kind);
    const auto fields_before = fields_of(before);
    auto left = fields_of(after);
    for (const auto& field : fields_before) changes.fields.push_back(change_of(field, left));
    for (const auto& field : left) changes.fields.push_back(addition_of(field));
    const bool both = !changes.line_before.empty() && !changes.line_after.empty();
    for (auto& field : changes.fields) {
        if (!both) field.kind = Kind::same;
        if (field.kind != Kind::same) field.reason = reason_for(field.name, fields_before);
    }
    return changes;
}

}  // namespace nettool::proxy
