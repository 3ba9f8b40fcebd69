#include "nettool/proto/classroom/file_request.hpp"

#include <algorithm>
#include <array>

namespace nettool::proto {

FileDialect judge_file_request(std::string_view bytes) {
    constexpr std::array<std::string_view, 3> methods = {"GET /", "HEAD /", "OPTIONS "};
    const auto end = bytes.find('\n');
    const auto line = bytes.substr(0, end);
    if (line.find(" HTTP/1.") != line.npos || line.find(" HTTP/2.") != line.npos)
        return FileDialect::http;
    if (end != bytes.npos) return FileDialect::name;
    const bool begins = std::ranges::any_of(
        methods, [line](std::string_view method) { return line.starts_with(method); });
    return begins ? FileDialect::half_http : FileDialect::open;
}

std::optional<std::vector<std::string>> split_file_name(std::string_view name) {
    std::vector<std::string> names;
    while (!name.empty()) {
        const auto slash = std::min(name.find('/'), name.size());
        const auto one = name.substr(0, slash);
        name.remove_prefix(std::min(slash + 1, name.size()));
        if (one == "..") return std::nullopt;
        if (!one.empty() && one != ".") names.emplace_back(one);
    }
    if (names.empty()) return std::nullopt;
    return names;
}

}  // namespace nettool::proto
