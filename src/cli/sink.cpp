#include "nettool/cli/sink.hpp"

#include <cerrno>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace nettool::cli {

void Sink::write(std::string_view bytes) {
    {
        const std::lock_guard lock(mutex_);
        if (error_) return;
        error_ = write_all(bytes);
        if (!error_) return;
    }
    if (on_failure) on_failure();
}

error_code Sink::error() const {
    const std::lock_guard lock(mutex_);
    return error_;
}

bool DescriptorSink::is_terminal() const { return ::isatty(descriptor_) == 1; }

unsigned DescriptorSink::columns() const {
    winsize size{};
    const bool known = ::ioctl(descriptor_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}

namespace {

error_code last_error() { return {errno, boost::system::system_category()}; }

bool writable_within(int descriptor, int milliseconds) {
    pollfd entry{descriptor, POLLOUT, 0};
    return ::poll(&entry, 1, milliseconds) > 0;
}

}  // namespace

error_code DescriptorSink::write_all(std::string_view bytes) {
    constexpr int grace_ms = 2000;
    while (!bytes.empty()) {
        const auto n = ::write(descriptor_, bytes.data(), bytes.size());
        if (n >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(n));
            continue;
        }
        // Interrupted: a request to stop, most likely, and the loop that would hear of it stands
        // here.  EAGAIN: somebody else has made the descriptor non-blocking.
        if (errno == EINTR && !writable_within(descriptor_, grace_ms)) return last_error();
        if (errno == EAGAIN && !writable_within(descriptor_, -1) && errno != EINTR)
            return last_error();
        if (errno != EINTR && errno != EAGAIN) return last_error();
    }
    return {};
}

std::string StringSink::text() const {
    const std::lock_guard lock(mutex_);
    return text_;
}

error_code StringSink::write_all(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    text_ += bytes;
    return {};
}

}  // namespace nettool::cli
