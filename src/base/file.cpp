#include "nettool/base/file.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/unique_descriptor.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <random>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace nettool {
namespace {

[[noreturn]] void fail(const std::string& path) {
    throw Failure(Fault::local, "write " + path, last_error());
}

// Takes off `text` what has been written.
bool write_all(int descriptor, std::string_view& text) {
    while (!text.empty()) {
        const auto n = ::write(descriptor, text.data(), text.size());
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

void wait_for_disk(int descriptor, const std::string& path) {
    if (::fdatasync(descriptor) != 0 && errno != EINVAL && errno != EROFS) fail(path);
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

// For those who are not the system (xattr(7)).
std::string attribute_of(const std::string& name) { return "user.nettool." + name; }

bool is_standard_output(const std::string& path) { return path == "-"; }

}  // namespace

WholeFile::WholeFile(std::string path, const Options& options)
    : path_(std::move(path)), directory_(AT_FDCWD), options_(options) {
    if (is_standard_output(path_)) {
        path_ = "standard output";
        descriptor_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    } else if (is_special(path_)) {
        descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    } else {
        open_part();
    }
    if (descriptor_ < 0) fail(path_);
}

WholeFile::WholeFile(int directory, std::string name, Existing existing)
    : path_(std::move(name)), directory_(directory), target_(path_), options_{existing, false} {
    constexpr int tries = 100;
    std::random_device device;
    for (int i = 0; i < tries && descriptor_ < 0; ++i) {
        part_ = ".nettool-" + std::to_string(device()) + ".part";
        descriptor_ = ::openat(directory_, part_.c_str(),
                               O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (descriptor_ < 0 && errno != EEXIST) break;
    }
    if (descriptor_ < 0) fail(path_);
}

void WholeFile::open_part() {
    const auto target = target_of(path_);
    target_ = target.string();
    part_ = (target.parent_path() / ("." + target.filename().string() + ".part")).string();
    constexpr int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
    if (options_.resume) descriptor_ = ::open(part_.c_str(), flags);
    struct stat status {};
    const bool resumes =
        descriptor_ >= 0 && ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
    if (resumes && ::lseek(descriptor_, 0, SEEK_END) >= 0) return;
    if (descriptor_ >= 0) ::close(descriptor_);
    ::unlink(part_.c_str());
    descriptor_ = ::open(part_.c_str(), flags | O_CREAT | O_EXCL, options_.access);
    if (descriptor_ < 0) part_.clear();  // not ours
}

WholeFile::~WholeFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!part_.empty()) ::unlinkat(directory_, part_.c_str(), 0);
}

std::optional<WholeFile::Left> WholeFile::left() const {
    struct stat status {};
    if (part_.empty() || ::fstat(descriptor_, &status) != 0 || status.st_size == 0)
        return std::nullopt;
    return Left{static_cast<std::uint64_t>(status.st_size),
                std::chrono::sys_seconds(std::chrono::seconds(status.st_mtim.tv_sec))};
}

void WholeFile::read_left(const std::function<void(std::string_view)>& sink) const {
    std::array<char, 65'536> chunk;
    for (off_t at = 0;;) {
        const auto n = ::pread(descriptor_, chunk.data(), chunk.size(), at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw Failure(Fault::local, "read " + part_, last_error());
        if (n == 0) return;
        sink({chunk.data(), static_cast<std::size_t>(n)});
        at += n;
    }
}

void WholeFile::write(std::string_view bytes) {
    if (!write_all(descriptor_, bytes)) fail(path_);
}

void WholeFile::sync() { wait_for_disk(descriptor_, path_); }

void WholeFile::restart() {
    if (part_.empty()) return;
    if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) != 0) fail(path_);
}

void WholeFile::set_modified(std::chrono::sys_seconds modified) {
    const timespec time{modified.time_since_epoch().count(), 0};
    const timespec times[] = {time, time};
    ::futimens(descriptor_, times);
}

void WholeFile::set_note(const std::string& name, std::string_view value) {
    if (!part_.empty()) set_note_of(descriptor_, name, value);
}

std::string WholeFile::note(const std::string& name) const { return note_of(descriptor_, name); }

void WholeFile::commit_as(std::string name, Existing existing) {
    target_ = std::move(name);
    options_.existing = existing;
    commit();
}

void WholeFile::commit() {
    // A second try under another name has nothing to close.
    if (descriptor_ >= 0 && ::close(std::exchange(descriptor_, -1)) != 0) fail(path_);
    if (part_.empty()) return;
    const bool keeps = options_.existing == Existing::keep;
    const unsigned flags = keeps ? RENAME_NOREPLACE : 0;
    const int done = ::renameat2(directory_, part_.c_str(), directory_, target_.c_str(), flags);
    // Not every file system can; a second name can never replace a file, and the first one goes
    // with the destructor.
    if (done != 0 && errno == EINVAL && keeps) {
        if (::linkat(directory_, part_.c_str(), directory_, target_.c_str(), 0) != 0) fail(path_);
        return;
    }
    if (done != 0) fail(path_);
    part_.clear();
}

void WholeFile::leave(std::chrono::sys_seconds modified) {
    set_modified(modified);
    leave();
}

void WholeFile::leave() {
    if (::close(std::exchange(descriptor_, -1)) != 0) fail(path_);
    part_.clear();
}

void set_note_of(int descriptor, const std::string& name, std::string_view value) {
    const auto attribute = attribute_of(name);
    if (value.empty())
        ::fremovexattr(descriptor, attribute.c_str());
    else
        (void)!::fsetxattr(descriptor, attribute.c_str(), value.data(), value.size(), 0);
}

std::string note_of(int descriptor, const std::string& name) {
    std::array<char, 4096> value;
    const auto size =
        ::fgetxattr(descriptor, attribute_of(name).c_str(), value.data(), value.size());
    return size > 0 ? std::string(value.data(), static_cast<std::size_t>(size)) : std::string();
}

void write_whole_file(const std::string& path, std::string_view text) {
    WholeFile file(path);
    file.write(text);
    file.commit();
}

std::string read_whole_file(const std::string& path, std::uint64_t max_bytes) {
    const UniqueDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) throw Failure(Fault::local, "read " + path, last_error());
    std::string text;
    std::array<char, 65'536> chunk;
    for (;;) {
        const auto n = ::read(file.get(), chunk.data(), chunk.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw Failure(Fault::local, "read " + path, last_error());
        if (n == 0) return text;
        text.append(chunk.data(), static_cast<std::size_t>(n));
        if (text.size() > max_bytes)
            throw Failure(Fault::local,
                          path + " is longer than " + std::to_string(max_bytes) + " bytes");
    }
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
    auto left = line;
    if (write_all(descriptor_, left)) return;
    const int error = errno;
    const auto written = static_cast<off_t>(line.size() - left.size());
    // Unless somebody else has appended meanwhile.
    struct stat status {};
    const bool last = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode) &&
                      status.st_size == ::lseek(descriptor_, 0, SEEK_CUR);
    if (last && written > 0) (void)!::ftruncate(descriptor_, status.st_size - written);
    errno = error;
    fail(path_);
}

void AppendFile::sync() { wait_for_disk(descriptor_, path_); }

PrivateFile::PrivateFile(std::string path)
    : path_(std::move(path)),
      descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) fail(path_);
}

PrivateFile::~PrivateFile() { ::close(descriptor_); }

void PrivateFile::write(std::string_view bytes) {
    if (!write_all(descriptor_, bytes)) fail(path_);
}

}  // namespace nettool
