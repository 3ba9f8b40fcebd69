#pragma once
// The listing of a directory, written piece by piece: a page for people and tools, or JSON.

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nettool::proto {

struct ListedFile {
    std::string_view name;
    bool is_directory = false;
    std::uint64_t size = 0;
    std::chrono::sys_seconds modified;
};

/// One `<tr>` for each entry, the raw name in its href, the time in ISO form and the exact size
/// beside; no script.
class HtmlListing {
public:
    /// `names`: the way from the root to the directory.
    std::string head(std::span<const std::string> names) const;
    std::string entry(const ListedFile& file) const;
    std::string foot(bool truncated) const;
};

/// nginx's keys: name, type, mtime, size.  Names that are not UTF-8 are written with U+FFFD.
class JsonListing {
public:
    std::string head(std::span<const std::string> names) const;
    std::string entry(const ListedFile& file);
    std::string foot(bool truncated) const;

private:
    bool first_ = true;
};

}  // namespace nettool::proto
