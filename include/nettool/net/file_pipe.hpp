#pragma once
// The way from a socket into a file that does not lead through our memory (splice(2)).

#include "nettool/base/asio.hpp"
#include "nettool/net/pipe.hpp"

#include <cstddef>

namespace nettool::net {

/// For Stream::splice(); the kernel wants a pipe between the two.
class FilePipe {
public:
    /// `file`: open for writing, not for appending; written at its offset.  Check error() first.
    explicit FilePipe(int file);

    error_code error() const noexcept { return pipe_.error(); }  // of making it
    int entry() const noexcept { return pipe_.entry(); }
    std::size_t capacity() const noexcept { return pipe_.capacity(); }

    /// Writes what has been spliced in, all of it.
    result<void> drain(std::size_t size);

private:
    result<void> copy(std::size_t size) const;

    int file_;
    Pipe pipe_;
};

}  // namespace nettool::net
