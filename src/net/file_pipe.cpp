#include "nettool/net/file_pipe.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace nettool::net {
namespace {

constexpr std::size_t wanted_bytes =
    1024UL * 1024;  // fewer system calls than the 64 KiB of a usual pipe

}  // namespace

FilePipe::FilePipe(int file) : file_(file), pipe_(wanted_bytes) {}

result<void> FilePipe::drain(std::size_t size) {
    while (size > 0) {
        const auto n = ::splice(pipe_.exit(), nullptr, file_, nullptr, size, SPLICE_F_MOVE);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EINVAL) return copy(size);
        if (n <= 0) return n < 0 ? last_error() : error_code(EIO, boost::system::system_category());
        size -= static_cast<std::size_t>(n);
    }
    return {};
}

// Not every file can be spliced into: a terminal, some file systems.
result<void> FilePipe::copy(std::size_t size) const {
    std::array<char, 65'536> chunk;
    while (size > 0) {
        const auto n = ::read(pipe_.exit(), chunk.data(), std::min(size, chunk.size()));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return last_error();
        for (ssize_t at = 0; at < n;) {
            const auto written =
                ::write(file_, chunk.data() + at, static_cast<std::size_t>(n - at));
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return last_error();
            at += written;
        }
        size -= static_cast<std::size_t>(n);
    }
    return {};
}

}  // namespace nettool::net
