#include "nettool/base/file.hpp"

#include "nettool/base/failure.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nettool {
namespace {

[[noreturn]] void fail(const std::string& path) {
    throw Failure(Fault::local, "write " + path, last_error());
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const auto n = ::write(descriptor, text.data(), text.size());
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

bool write_and_close(int descriptor, std::string_view text) {
    const bool written = write_all(descriptor, text);
    const int reason = errno;
    const bool closed = ::close(descriptor) == 0;
    if (!written) errno = reason;
    return written && closed;
}

bool is_special(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

// Where a symbolic link leads, also when nothing is there yet.
std::filesystem::path target_of(std::filesystem::path path) {
    constexpr int max_links = 40;  // as the kernel's own (path_resolution(7))
    std::error_code none;
    for (int i = 0; i < max_links && std::filesystem::is_symlink(path, none); ++i)
        path = path.parent_path() / std::filesystem::read_symlink(path, none);
    return path;
}

bool is_standard_output(const std::string& path) { return path == "-"; }

}  // namespace

void write_whole_file(const std::string& path, std::string_view text) {
    if (is_standard_output(path)) {
        if (!write_all(STDOUT_FILENO, text)) fail("standard output");
        return;
    }
    if (is_special(path)) {
        const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
        if (descriptor < 0 || !write_and_close(descriptor, text)) fail(path);
        return;
    }
    const auto target = target_of(path);
    const auto part = target.parent_path() / ("." + target.filename().string() + ".part");
    ::unlink(part.c_str());
    const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) fail(path);
    if (write_and_close(descriptor, text) && ::rename(part.c_str(), target.c_str()) == 0) return;
    const int reason = errno;
    ::unlink(part.c_str());
    errno = reason;
    fail(path);
}

AppendFile::AppendFile(std::string path)
    : path_(std::move(path)),
      descriptor_(is_standard_output(path_)
                      ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                      : ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) fail(path_);
}

AppendFile::~AppendFile() { ::close(descriptor_); }

void AppendFile::append(std::string_view line) {
    if (!write_all(descriptor_, line)) fail(path_);
}

}  // namespace nettool
