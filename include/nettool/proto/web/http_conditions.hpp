#pragma once
// Whether a conditional request is to be done (RFC 9110 §13).

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

struct EntityTag {
    std::string opaque;  // without its quotes
    bool weak = false;
};

/// `"abc"` or `W/"abc"`
std::string to_string(const EntityTag& tag);

/// What is known of the representation as it is now.
struct Validators {
    EntityTag tag;
    std::chrono::sys_seconds modified;
};

/// The fields of the request, where it has them.
struct Conditions {
    std::optional<std::string_view> if_match;
    std::optional<std::string_view> if_none_match;
    std::optional<std::string_view> if_modified_since;
    std::optional<std::string_view> if_unmodified_since;
    std::optional<std::string_view> if_range;
};

enum class Precondition {
    proceed,
    not_modified,  // 304
    failed,        // 412
};

/// For GET and HEAD of something that exists, in the order of RFC 9110 §13.2.2.
Precondition judge_conditions(const Conditions& conditions, const Validators& current,
                              std::chrono::sys_seconds now);

/// Whether a Range field is to be heeded: If-Range compares strongly (RFC 9110 §13.1.5).
bool range_applies(const Conditions& conditions, const Validators& current,
                   std::chrono::sys_seconds now);

}  // namespace nettool::proto
