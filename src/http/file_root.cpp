#include "nettool/http/file_root.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "path_walk.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

namespace nettool::http {
namespace {

// Without waiting for the writer of a FIFO, and without becoming a terminal's owner.
constexpr int reading = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;

std::uint64_t nanoseconds(const timespec& time) {
    constexpr std::uint64_t second = 1'000'000'000;
    return static_cast<std::uint64_t>(time.tv_sec) * second +
           static_cast<std::uint64_t>(time.tv_nsec);
}

std::chrono::sys_seconds seconds_of(const timespec& time) {
    return std::chrono::sys_seconds(std::chrono::seconds(time.tv_sec));
}

// What must not be told from what is not there.
error_code without_hints(error_code ec) {
    for (const int reason : {ENOTDIR, ELOOP, EXDEV, ENAMETOOLONG, EINVAL, ENXIO, ENODEV})
        if (ec.value() == reason) return system_error_of(ENOENT);
    return ec;
}

bool is_one_name(const std::string& name) {
    using namespace std::string_view_literals;
    return !name.empty() && name != "." && name != ".." && name.find_first_of("/\0"sv) == name.npos;
}

std::string joined(std::span<const std::string> names) {
    std::string path = ".";
    for (const auto& name : names) path.append("/").append(name);
    return path;
}

}  // namespace

proto::Validators OpenedFile::validators(std::chrono::system_clock::time_point now) const {
    using namespace std::chrono_literals;
    constexpr auto settled = 2s;
    proto::Validators current;
    current.modified = seconds_of(status.st_mtim);
    current.tag.opaque = fmt::format("{:x}-{:x}-{:x}-{:x}", status.st_ino, status.st_size,
                                     nanoseconds(status.st_mtim), nanoseconds(status.st_ctim));
    const auto changed = std::max(current.modified, seconds_of(status.st_ctim));
    current.tag.weak = now < changed + settled;
    return current;
}

result<void> read_at(int file, std::uint64_t offset, std::string& target) {
    std::size_t done = 0;
    while (done < target.size()) {
        const auto n = ::pread(file, target.data() + done, target.size() - done,
                               static_cast<off_t>(offset + done));
        if (n < 0 && errno != EINTR) return last_error();
        if (n == 0) return Errc::file_changed;
        if (n > 0) done += static_cast<std::size_t>(n);
    }
    return {};
}

FileRoot::FileRoot(const std::string& path, const Options& options)
    : root_(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), options_(options) {
    if (!root_) throw Failure(Fault::local, "serve " + path, last_error());
}

bool FileRoot::shows(std::span<const std::string> names) const {
    if (!std::ranges::all_of(names, is_one_name)) return false;
    if (options_.hidden) return true;
    if (!names.empty() && names.front() == ".well-known") names = names.subspan(1);  // RFC 8615
    return std::ranges::none_of(names, [](const auto& name) { return name.starts_with('.'); });
}

result<UniqueDescriptor> FileRoot::open_beneath(const std::string& path) const {
    if (options_.follow) {
        UniqueDescriptor opened(::openat(root_.get(), path.c_str(), reading));
        if (!opened) return last_error();
        return opened;
    }
    constexpr int tries = 16;  // EAGAIN: something was renamed meanwhile
    for (int i = 0; i < tries && !options_.walk; ++i) {
        open_how how{};
        how.flags = reading;
        how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
        const auto n = ::syscall(SYS_openat2, root_.get(), path.c_str(), &how, sizeof how);
        if (n >= 0) return UniqueDescriptor(static_cast<int>(n));
        if (errno == EAGAIN || errno == EINTR) continue;
        if (errno == ENOSYS || errno == EPERM) break;  // an old kernel; a container's filter
        return last_error();
    }
    return open_by_walking(root_.get(), path, reading);
}

result<OpenedFile> FileRoot::open(std::span<const std::string> names) const {
    if (!shows(names)) return system_error_of(ENOENT);
    auto opened = open_beneath(joined(names));
    if (!opened) return without_hints(opened.error());
    OpenedFile file;
    file.descriptor = *std::move(opened);
    if (::fstat(file.descriptor.get(), &file.status) != 0) return last_error();
    if (!S_ISREG(file.status.st_mode) && !file.is_directory()) return system_error_of(ENOENT);
    return file;
}

result<DirectoryListing> FileRoot::list(const OpenedFile& directory, std::vector<std::string> names,
                                        std::size_t max_entries) const {
    // Opened anew, because the position in a directory belongs to the open file.
    const int copy = ::openat(directory.descriptor.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0) return last_error();
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(copy), &::closedir);
    if (!stream) {
        const auto ec = last_error();
        ::close(copy);
        return ec;
    }
    DirectoryListing listing;
    names.emplace_back();
    while (const dirent* raw = ::readdir(stream.get())) {
        names.back() = raw->d_name;
        if (!shows(names)) continue;
        struct stat status {};
        if (::fstatat(copy, raw->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
        const bool is_link = S_ISLNK(status.st_mode);
        if (is_link) {
            const auto target = open(names);
            if (!target) continue;
            status = target->status;
        }
        const bool is_directory = S_ISDIR(status.st_mode);
        if (!is_directory && !S_ISREG(status.st_mode)) continue;
        if (listing.entries.size() == max_entries) {
            listing.truncated = true;
            break;
        }
        listing.entries.push_back({names.back(), is_directory, is_link,
                                   static_cast<std::uint64_t>(status.st_size),
                                   seconds_of(status.st_mtim)});
    }
    std::ranges::sort(listing.entries, [](const auto& a, const auto& b) {
        if (a.is_directory != b.is_directory) return a.is_directory;
        return a.name < b.name;
    });
    return listing;
}

}  // namespace nettool::http
