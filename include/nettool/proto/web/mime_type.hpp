#pragma once
// A media type with its parameters, as browsers read it (WHATWG MIME Sniffing, §4.4).

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nettool::proto {

struct MimeType {
    std::string essence;  // `type/subtype` in lower case
    /// Names in lower case, each once.
    std::vector<std::pair<std::string, std::string>> parameters;

    std::optional<std::string_view> find(std::string_view name) const noexcept;
};

/// Nothing for what has no type and subtype; parameters that are not understood or empty are left
/// out.
std::optional<MimeType> parse_mime_type(std::string_view text);

std::string to_string(const MimeType& type);

}  // namespace nettool::proto
