#include "nettool/net/directory_watch.hpp"

#include "nettool/base/failure.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <array>

#include <sys/inotify.h>

namespace nettool::net {

DirectoryWatch::DirectoryWatch(const asio::any_io_executor& executor, const std::string& path)
    : events_(executor) {
    const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (descriptor < 0) throw Failure(Fault::local, "watch " + path, last_error());
    events_.assign(descriptor);
    constexpr auto changes = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
    if (::inotify_add_watch(descriptor, path.c_str(), changes) < 0)
        throw Failure(Fault::local, "watch " + path, last_error());
}

void DirectoryWatch::stop() {
    stopped_ = true;
    events_.cancel();
}

awaitable<error_code> DirectoryWatch::changed() {
    if (stopped_) co_return asio::error::operation_aborted;
    std::array<char, 4096> events;  // what they say does not matter
    auto [ec, size] = co_await events_.async_read_some(asio::buffer(events), no_throw);
    co_return ec;
}

}  // namespace nettool::net
