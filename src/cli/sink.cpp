#include "nettool/cli/sink.hpp"

#include <cerrno>
#include <chrono>
#include <climits>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
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
    Patience(int descriptor, const std::atomic<bool>* signalled)
        : descriptor_(descriptor), signalled_(signalled) {
        look();
    }

    bool is_limited() const { return end_ != Clock::time_point::max(); }

    void limit() {
        constexpr auto grace = std::chrono::milliseconds(1500);
        if (!is_limited()) end_ = Clock::now() + grace;
    }

    bool wait_until_writable() {
        // A signal may come right before poll(), which then is not interrupted.
        constexpr int slice_ms = 100;
        while (Clock::now() < end_) {
            pollfd entry{descriptor_, POLLOUT, 0};
            const int ready = ::poll(&entry, 1, slice_ms);
            if (ready > 0) return true;
            if (ready < 0) limit();
            look();
        }
        return false;
    }

private:
    using Clock = std::chrono::steady_clock;

    void look() {
        if (signalled_ && *signalled_) limit();
    }

    int descriptor_;
    const std::atomic<bool>* signalled_;
    Clock::time_point end_ = Clock::time_point::max();
};

// A blocking write is cut short by signals alone.
bool was_interrupted(int descriptor, ssize_t written, std::size_t size) {
    if (written < 0) return errno == EINTR;
    return static_cast<std::size_t>(written) < size &&
           (::fcntl(descriptor, F_GETFL) & O_NONBLOCK) == 0;
}

}  // namespace

int DescriptorSink::target() {
    if (!reopened_) {
        struct stat status {};
        const bool known = ::fstat(descriptor_, &status) == 0;
        const bool blocks = known && (S_ISFIFO(status.st_mode) || is_terminal());
        constexpr int flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
        const auto path = "/proc/self/fd/" + std::to_string(descriptor_);
        reopened_.emplace(blocks ? ::open(path.c_str(), flags) : -1);
    }
    return *reopened_ ? reopened_->get() : descriptor_;
}

error_code DescriptorSink::write_all(std::string_view bytes) {
    const int descriptor = target();
    Patience patience(descriptor, signalled_);
    while (!bytes.empty()) {
        // What poll() has promised is room for PIPE_BUF bytes, not for more.
        const auto part = patience.is_limited() ? bytes.substr(0, PIPE_BUF) : bytes;
        const auto n = ::write(descriptor, part.data(), part.size());
        const bool failed = n < 0 && errno != EINTR && errno != EAGAIN;
        if (failed) return last_error();
        if (was_interrupted(descriptor, n, part.size())) patience.limit();
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
