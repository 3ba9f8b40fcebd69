#pragma once
// A pipe in the kernel, which splice(2) wants between two sockets or a socket and a file; and some
// that wait for who needs one.

#include "nettool/base/asio.hpp"
#include "nettool/base/unique_descriptor.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace nettool::net {

class Pipe {
public:
    /// Asks for room for so many bytes; check error() first.
    explicit Pipe(std::size_t wanted_bytes);

    error_code error() const noexcept { return error_; }  // of making it
    int entry() const noexcept { return entry_.get(); }
    int exit() const noexcept { return exit_.get(); }
    std::size_t capacity() const noexcept { return capacity_; }

private:
    error_code error_;
    UniqueDescriptor exit_, entry_;
    std::size_t capacity_ = 0;
};

/// Used on one strand.
class PipePool {
public:
    /// No more than `most` at a time: the kernel makes the pipes of a user small who has many.
    explicit PipePool(std::size_t most) : most_(most) {}

    /// Nothing where all are in use or none can be made.
    std::optional<Pipe> take();
    /// An empty one that was taken; or that one was taken and is no more.
    void put(Pipe pipe) { waiting_.push_back(std::move(pipe)); }
    void lose() noexcept { --made_; }

private:
    std::size_t most_;
    std::size_t made_ = 0;
    std::vector<Pipe> waiting_;
};

}  // namespace nettool::net
