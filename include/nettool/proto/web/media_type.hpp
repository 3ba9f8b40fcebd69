#pragma once
// The media type of a file, by the extension of its name.

#include <string_view>

namespace nettool::proto {

/// As the system's table has it at the time of building; `application/octet-stream` where it says
/// nothing.
std::string_view media_type_of(std::string_view file_name);

/// Whether a charset belongs behind it.
bool is_text(std::string_view media_type);

}  // namespace nettool::proto
