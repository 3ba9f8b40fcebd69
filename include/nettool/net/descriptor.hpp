#pragma once
// An inherited descriptor (standard input, usually), read without blocking a strand.

#include "nettool/base/asio.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <optional>

namespace nettool::net {

/// Leaves the descriptor's flags alone: they belong to the parent too.  Terminals and pipes are
/// opened anew, without blocking; files are simply read; what can be neither (a socket) is waited
/// for on another thread.
class Descriptor {
public:
    Descriptor(asio::any_io_executor executor, int descriptor);

    /// At least one byte; asio::error::eof at the end, operation_aborted when cancelled.
    awaitable<result<std::size_t>> read(asio::mutable_buffer buffer);

    bool is_terminal() const;
    /// Bytes left in a regular file; nothing for all else.
    std::optional<std::uint64_t> remaining() const;

private:
    enum class Kind { file, pollable, other };

    awaitable<result<std::size_t>> read_elsewhere(asio::mutable_buffer buffer);

    int descriptor_;
    Kind kind_ = Kind::file;
    asio::posix::stream_descriptor reopened_;
};

}  // namespace nettool::net
