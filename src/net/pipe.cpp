#include "nettool/net/pipe.hpp"

#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace nettool::net {

Pipe::Pipe(std::size_t wanted_bytes) : exit_(-1), entry_(-1) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        error_ = last_error();
        return;
    }
    exit_ = UniqueDescriptor(ends[0]);
    entry_ = UniqueDescriptor(ends[1]);
    ::fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(wanted_bytes));  // or as much as it has
    const int size = ::fcntl(ends[1], F_GETPIPE_SZ);
    if (size > 0)
        capacity_ = static_cast<std::size_t>(size);
    else
        error_ = last_error();
}

std::optional<Pipe> PipePool::take() {
    constexpr std::size_t wanted_bytes = 256UL * 1024;
    if (!waiting_.empty()) {
        auto pipe = std::move(waiting_.back());
        waiting_.pop_back();
        return pipe;
    }
    if (made_ == most_) return std::nullopt;
    Pipe pipe(wanted_bytes);
    if (pipe.error()) return std::nullopt;
    ++made_;
    return pipe;
}

}  // namespace nettool::net
