#include "disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace nettool::smtp {

UniqueDescriptor create(const std::string& path) {
    constexpr int new_file = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    return UniqueDescriptor(::open(path.c_str(), new_file, 0600));
}

error_code write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = ::write(file, bytes.data(), bytes.size());
        if (n < 0 && errno != EINTR) return last_error();
        if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

error_code sync_file(int file) { return ::fdatasync(file) == 0 ? error_code() : last_error(); }

error_code sync_directory(const std::string& path) {
    const UniqueDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.get()) != 0) return last_error();
    return {};
}

bool can_sync_file_system(const std::string& path) {
    struct statfs status {};
    if (::statfs(path.c_str(), &status) != 0) return false;
    constexpr decltype(status.f_type) known[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC,
                                                 BTRFS_SUPER_MAGIC, TMPFS_MAGIC};
    return std::ranges::find(known, status.f_type) != std::end(known);
}

error_code sync_file_system(const std::string& path) {
    const UniqueDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::syncfs(directory.get()) != 0) return last_error();
    return {};
}

// Before Linux 5.8 syncfs() itself did not say so.
error_code written_back(int file) {
    if (::sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE) == 0) return {};
    return errno == ENOSYS ? sync_file(file) : last_error();
}

error_code move_file(const std::string& from, const std::string& to) {
    return ::rename(from.c_str(), to.c_str()) == 0 ? error_code() : last_error();
}

}  // namespace nettool::smtp
