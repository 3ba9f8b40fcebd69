#pragma once
// The media type of a file, by the extension of its name.

#include <string_view>

namespace nettool::proto {

/// As the system's table has it at the time of building; `application/octet-stream` where it says
/// nothing.
std::string_view media_type_of(std::string_view file_name);

/// Whether such a thing, parameters or not, becomes much shorter when it is compressed.
bool is_compressible(std::string_view media_type);

/// Whether a browser runs what such a thing says: pages, SVG, XML.
bool is_active(std::string_view media_type);

/// Whether a charset belongs behind it.
bool is_text(std::string_view media_type);

}  // namespace nettool::proto
