#pragma once
// A name for a local file out of a URL that somebody else may have made up.

#include <string>
#include <string_view>

namespace nettool::proto {

/// A name without directories that hides nothing and drives no terminal: control bytes, `/`, `\`
/// and a leading dot become `_`, invalid UTF-8 too; at most 200 bytes, the extension kept.  Empty
/// for empty text.
std::string safe_file_name(std::string_view text);

/// Of the last segment of an encoded path, decoded; `index.html` where the path ends in a slash.
std::string file_name_of_path(std::string_view path);

/// `photo.jpg` as `photo-2.jpg`, for the second of that name.
std::string numbered_file_name(std::string_view name, unsigned number);

}  // namespace nettool::proto
