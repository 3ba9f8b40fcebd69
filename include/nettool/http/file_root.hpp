#pragma once
// A directory below which files are opened, and nothing outside of it.

#include "nettool/base/asio.hpp"
#include "nettool/base/unique_descriptor.hpp"
#include "nettool/proto/web/http_conditions.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace nettool::http {

/// A regular file or a directory, as it was when it was opened.
struct OpenedFile {
    UniqueDescriptor descriptor;
    struct stat status {};

    bool is_directory() const noexcept { return S_ISDIR(status.st_mode); }
    std::uint64_t size() const noexcept { return static_cast<std::uint64_t>(status.st_size); }

    /// The tag is made of inode, size and both times in nanoseconds; it is weak while the file is
    /// so young that it could change again within the clock's resolution.
    proto::Validators validators(std::chrono::system_clock::time_point now) const;
};

struct DirectoryEntry {
    std::string name;
    bool is_directory = false;
    bool is_link = false;  // the rest is about what it leads to
    std::uint64_t size = 0;
    std::chrono::sys_seconds modified;
};

struct DirectoryListing {
    std::vector<DirectoryEntry> entries;  // directories first, by the bytes of their names
    bool truncated = false;
};

/// Fills `target` with what is in a regular file from `offset` on; Errc::file_changed when it does
/// not reach so far.
result<void> read_at(int file, std::uint64_t offset, std::string& target);

class FileRoot {
public:
    struct Options {
        bool hidden = false;  // names that begin with a dot; `/.well-known` is none of them
        bool follow = false;  // symbolic links that lead out
        bool walk = false;    // resolve in our own way, as where openat2 is not to be had
    };

    /// Throws Failure (local) naming the path.
    FileRoot(const std::string& path, const Options& options);

    /// `names` below the root, each a single name.  ENOENT for everything that is not to be served,
    /// EACCES where the system refuses, and what else the system says.
    result<OpenedFile> open(std::span<const std::string> names) const;

    /// What can be opened in `directory`, which is at `names`.  May take long: to be offloaded.
    result<DirectoryListing> list(const OpenedFile& directory, std::vector<std::string> names,
                                  std::size_t max_entries) const;

    /// Whether something of these names would be served, if it were there.
    bool shows(std::span<const std::string> names) const;

private:
    result<UniqueDescriptor> open_beneath(const std::string& path) const;

    UniqueDescriptor root_;
    Options options_;
};

}  // namespace nettool::http
