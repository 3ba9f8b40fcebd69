#pragma once
// The path of a request target, decoded into names, and names encoded into a path (RFC 3986).

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct TargetPath {
    std::vector<std::string> segments;  // none empty or `.`; `..` in front leads out
    bool directory = false;             // it ends in a slash
    std::string_view query;             // behind the first `?`; refers to the target
};

/// Of an origin-form target.  Each segment is decoded once; nothing for a bad escape and for NUL,
/// `/` or `\` in a segment.  Empty segments are dropped, dot segments resolved as far as they go.
std::optional<TargetPath> parse_target_path(std::string_view target);

/// An absolute path that names the same segments; never `//…`, which would be another host.
std::string encoded_path(std::span<const std::string> segments, bool directory);

/// A name as one segment: all but unreserved bytes are escaped.
std::string encoded_segment(std::string_view name);

/// The value of `name=value` in a query; nothing where it is absent.
std::optional<std::string_view> query_value(std::string_view query, std::string_view name);

/// The same as the field of a form has it: `+` is a blank, escapes are decoded (URL Standard,
/// section 5.1); empty where it is absent.
std::string form_value(std::string_view query, std::string_view name);

}  // namespace nettool::proto
