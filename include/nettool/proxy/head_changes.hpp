#pragma once
// What a proxy has changed in a head on its way, field by field, and why a proxy does that.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proxy {

/// Why, as a sentence without capital and full stop, and the section that says so; empty: it is not
/// said.
struct ChangeReason {
    std::string_view why;
    std::string_view source;
};

struct FieldChange {
    enum class Kind { same, added, removed, changed };  // of a head that is alone: same

    Kind kind = Kind::same;
    std::string_view name;
    std::optional<std::string_view> before;
    std::optional<std::string_view> after;
    ChangeReason reason;
};

struct HeadChanges {
    std::string_view line_before;  // the start line
    std::string_view line_after;
    ChangeReason reason;              // of its change, or of there being no head on one side
    std::vector<FieldChange> fields;  // in the order of the head before, added ones behind them
};

enum class HeadOf { request, response };

/// Refers to both texts, each of which may be empty.
HeadChanges changes_between(std::string_view before, std::string_view after, HeadOf kind);

}  // namespace nettool::proxy
