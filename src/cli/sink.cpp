#include "nettool/cli/sink.hpp"

#include <cerrno>
#include <chrono>
#include <climits>

#include <fcntl.h>
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

// How long a writer waits for its reader: for ever, until a signal comes.  The loop that would hear
// of the signal stands behind this very write.
class Patience {
public:
    explicit Patience(int descriptor) : descriptor_(descriptor) {}

    bool is_limited() const { return end_ != Clock::time_point::max(); }

    void limit() {
        constexpr auto grace = std::chrono::milliseconds(1500);
        if (!is_limited()) end_ = Clock::now() + grace;
    }

    bool wait_until_writable() {
        for (;;) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
            if (left.count() <= 0) return false;
            pollfd entry{descriptor_, POLLOUT, 0};
            const int timeout = is_limited() ? static_cast<int>(left.count()) : -1;
            if (::poll(&entry, 1, timeout) > 0) return true;
            limit();
        }
    }

private:
    using Clock = std::chrono::steady_clock;

    int descriptor_;
    Clock::time_point end_ = Clock::time_point::max();
};

// A blocking write is cut short by signals alone.
bool was_interrupted(int descriptor, ssize_t written, std::size_t size) {
    if (written < 0) return errno == EINTR;
    return static_cast<std::size_t>(written) < size &&
           (::fcntl(descriptor, F_GETFL) & O_NONBLOCK) == 0;
}

}  // namespace

error_code DescriptorSink::write_all(std::string_view bytes) {
    Patience patience(descriptor_);
    while (!bytes.empty()) {
        // What poll() has promised is room for PIPE_BUF bytes, not for more.
        const auto part = patience.is_limited() ? bytes.substr(0, PIPE_BUF) : bytes;
        const auto n = ::write(descriptor_, part.data(), part.size());
        // EAGAIN: somebody else has made the descriptor non-blocking.
        const bool failed = n < 0 && errno != EINTR && errno != EAGAIN;
        if (failed) return {errno, boost::system::system_category()};
        if (was_interrupted(descriptor_, n, part.size())) patience.limit();
        if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
        const bool waits = n < 0 || patience.is_limited();
        if (waits && !bytes.empty() && !patience.wait_until_writable())
            return make_error_code(boost::system::errc::interrupted);
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
