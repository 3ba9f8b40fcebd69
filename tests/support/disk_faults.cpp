// A library for LD_PRELOAD: below one directory the N-th call that changes something kills the
// process or fails, and all of them are recorded in their order, together with the replies.
//
// DISK_FAULTS_DIR: the directory, as the program spells it.  DISK_FAULTS_AT: N, from 1; 0: none.
// DISK_FAULTS_ACTION: kill, ENOSPC or EIO.  DISK_FAULTS_LOG: where to append a line for each.

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

constexpr std::size_t max_descriptors = 65536;

// What a descriptor was opened as; empty outside of the directory.
struct Opened {
    std::mutex lock;
    std::array<std::string, max_descriptors> paths;
};

Opened& opened() {
    static auto* const table = new Opened;  // lives as long as the last call of any thread
    return *table;
}

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

// Below the directory, or nothing.
std::string within(std::string_view path) {
    static const std::string directory(variable("DISK_FAULTS_DIR"));
    if (directory.empty() || !path.starts_with(directory)) return {};
    path.remove_prefix(directory.size());
    return path.empty() ? "." : std::string(path.substr(path.starts_with('/') ? 1 : 0));
}

std::string path_of(int descriptor) {
    if (descriptor < 0 || static_cast<std::size_t>(descriptor) >= max_descriptors) return {};
    const std::lock_guard hold(opened().lock);
    return opened().paths[static_cast<std::size_t>(descriptor)];
}

void remember(int descriptor, const std::string& path) {
    if (descriptor < 0 || static_cast<std::size_t>(descriptor) >= max_descriptors) return;
    const std::lock_guard hold(opened().lock);
    opened().paths[static_cast<std::size_t>(descriptor)] = path;
}

void record(const std::string& line) {
    static const int file = [] {
        const std::string path(variable("DISK_FAULTS_LOG"));
        constexpr int append = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
        return path.empty()
                   ? -1
                   : static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path.c_str(), append, 0600));
    }();
    const auto text = line + '\n';
    if (file >= 0) (void)!::syscall(SYS_write, file, text.data(), text.size());
}

// Counts a call; its error, if it is the one that is to go wrong.
int judge(const char* call, const std::string& path) {
    static const long at =
        std::strtol(std::string(variable("DISK_FAULTS_AT")).c_str(), nullptr, 10);
    static const std::string action(variable("DISK_FAULTS_ACTION"));
    static std::atomic<long> count;
    const bool now = ++count == at;
    const auto name = std::string(call) + ' ' + path;
    if (!now) {
        record(name);
        return 0;
    }
    record(action + " at " + name);
    if (action == "kill") ::kill(::getpid(), SIGKILL);
    return action == "EIO" ? EIO : ENOSPC;
}

int fails(const char* call, const std::string& path) {
    const int error = path.empty() ? 0 : judge(call, path);
    if (error != 0) errno = error;
    return error;
}

int open_at(int folder, const char* path, int flags, mode_t mode) {
    const auto name = within(path);
    const bool changes = (flags & (O_CREAT | O_TRUNC)) != 0;
    if (changes && fails("open", name) != 0) return -1;
    const int descriptor = static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
    remember(descriptor, name);
    return descriptor;
}

mode_t mode_of(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

void record_reply(const void* bytes, std::size_t size) {
    const std::string_view text(static_cast<const char*>(bytes), size);
    if (text.size() > 3 && text[0] >= '2' && text[0] <= '5')
        record("reply " + std::string(text.substr(0, text.find('\r'))));
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(folder, path, flags, mode);
}

int close(int descriptor) {
    remember(descriptor, {});
    return static_cast<int>(::syscall(SYS_close, descriptor));
}

ssize_t write(int descriptor, const void* bytes, std::size_t size) {
    if (fails("write", path_of(descriptor)) == 0)
        return ::syscall(SYS_write, descriptor, bytes, size);
    const int error = errno;  // a full disk takes what it has room for
    (void)!::syscall(SYS_write, descriptor, bytes, size / 2);
    errno = error;
    return -1;
}

int fdatasync(int descriptor) {
    if (fails("fdatasync", path_of(descriptor)) != 0) return -1;
    return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

int fsync(int descriptor) {
    if (fails("fsync", path_of(descriptor)) != 0) return -1;
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

int syncfs(int descriptor) {
    if (fails("syncfs", path_of(descriptor)) != 0) return -1;
    return static_cast<int>(::syscall(SYS_syncfs, descriptor));
}

int sync_file_range(int descriptor, off64_t offset, off64_t size, unsigned flags) {
    if (fails("sync_file_range", path_of(descriptor)) != 0) return -1;
    return static_cast<int>(::syscall(SYS_sync_file_range, descriptor, offset, size, flags));
}

int rename(const char* from, const char* to) noexcept {
    const auto old_name = within(from), new_name = within(to);
    if (fails("rename", new_name.empty() ? "" : old_name + " " + new_name) != 0) return -1;
    return static_cast<int>(::syscall(SYS_rename, from, to));
}

int mkdir(const char* path, mode_t mode) noexcept {
    if (fails("mkdir", within(path)) != 0) return -1;
    return static_cast<int>(::syscall(SYS_mkdir, path, mode));
}

ssize_t send(int descriptor, const void* bytes, std::size_t size, int flags) {
    record_reply(bytes, size);
    return ::syscall(SYS_sendto, descriptor, bytes, size, flags, nullptr, 0);
}

ssize_t sendmsg(int descriptor, const msghdr* message, int flags) {
    if (message->msg_iovlen > 0)
        record_reply(message->msg_iov->iov_base, message->msg_iov->iov_len);
    return ::syscall(SYS_sendmsg, descriptor, message, flags);
}

}  // extern "C"
