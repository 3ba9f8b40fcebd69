#pragma once
// The file exercise: what somebody who connects asks for, told by the first bytes.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

enum class FileDialect {
    http,       // a request line of HTTP/1
    name,       // a bare name, or `list`, that LF has ended
    open,       // a bare name so far, which a silence or the end may end
    half_http,  // a request line so far: more must come
};

FileDialect judge_file_request(std::string_view bytes);

/// The names on the way to the file, without empty ones and `.`; nothing for no name, and for one
/// that leads out of the directory.
std::optional<std::vector<std::string>> split_file_name(std::string_view name);

}  // namespace nettool::proto
