#pragma once
// Waits until something changes in a directory (inotify(7)).

#include "nettool/base/asio.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <string>

namespace nettool::net {

class DirectoryWatch {
public:
    /// From now on files that are made, moved or removed there are noticed.  Throws Failure
    /// (local).
    DirectoryWatch(const asio::any_io_executor& executor, const std::string& path);

    /// Until something has happened since the last time; operation_aborted when cancelled.
    awaitable<error_code> changed();
    /// Ends the wait, and those that follow, with operation_aborted.
    void stop();

private:
    asio::posix::stream_descriptor events_;
    bool stopped_ = false;
};

}  // namespace nettool::net
