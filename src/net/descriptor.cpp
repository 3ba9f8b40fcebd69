#include "nettool/net/descriptor.hpp"

#include "nettool/net/offload.hpp"

#include <boost/asio/error.hpp>

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nettool::net {
namespace {

result<std::size_t> outcome(ssize_t n) {
    if (n > 0) return static_cast<std::size_t>(n);
    if (n == 0) return error_code(asio::error::eof);
    return last_error();
}

// A wait of its own length: whoever is cancelled meanwhile leaves the data to the next reader.
constexpr int wait_slice_ms = 200;

bool wait_for_data(int descriptor) {
    pollfd entry{descriptor, POLLIN, 0};
    return ::poll(&entry, 1, wait_slice_ms) != 0;
}

}  // namespace

Descriptor::Descriptor(asio::any_io_executor executor, int descriptor)
    : descriptor_(descriptor), reopened_(executor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return;
    const bool waits = S_ISFIFO(status.st_mode) || ::isatty(descriptor) == 1;
    if (S_ISSOCK(status.st_mode)) kind_ = Kind::other;
    if (!waits) return;
    const auto path = "/proc/self/fd/" + std::to_string(descriptor);
    const int own = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    kind_ = own < 0 ? Kind::other : Kind::pollable;
    if (own >= 0) reopened_.assign(own);
}

bool Descriptor::is_terminal() const { return ::isatty(descriptor_) == 1; }

std::optional<std::uint64_t> Descriptor::remaining() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    const auto position = ::lseek(descriptor_, 0, SEEK_CUR);
    if (position < 0 || position > status.st_size) return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size - position);
}

awaitable<result<std::size_t>> Descriptor::read(asio::mutable_buffer buffer) {
    if (kind_ == Kind::other) co_return co_await read_elsewhere(buffer);
    if (kind_ == Kind::file) co_return outcome(::read(descriptor_, buffer.data(), buffer.size()));
    auto [ec, size] = co_await reopened_.async_read_some(buffer, no_throw);
    if (ec) co_return ec;
    co_return size;
}

awaitable<result<std::size_t>> Descriptor::read_elsewhere(asio::mutable_buffer buffer) {
    bool ready = false;
    while (!ready) {
        auto job = [descriptor = descriptor_] { return wait_for_data(descriptor); };
        ready = co_await offload(std::move(job));
    }
    co_return outcome(::read(descriptor_, buffer.data(), buffer.size()));
}

}  // namespace nettool::net
