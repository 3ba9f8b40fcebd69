#pragma once
// What a connection has received and nobody has taken yet: heads and bodies are cut out of it.

#include "nettool/net/stream.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

namespace nettool::net {

class Input {
public:
    /// Holds at most `capacity` bytes that are not taken; no memory while nothing is held.
    Input(Stream& stream, std::size_t capacity) : stream_(stream), capacity_(capacity) {}

    std::string_view bytes() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
    void take(std::size_t size) noexcept;

    /// For who reads by himself while nothing is held: where to, and how much that was.
    asio::mutable_buffer room();
    void added(std::size_t size) noexcept { end_ += size; }

    /// As if it had been received, at the beginning.
    void put(std::string_view received);

    /// Waits for more, however much is there already; invalidates bytes().  asio::error::eof at
    /// the end, Errc::message_too_long when full, Errc::paused if nothing comes for `gap`.
    awaitable<result<void>> more(std::chrono::milliseconds gap = {});

    /// The same without a buffer while it waits, for who may wait long; it costs a system call more
    /// than more().
    awaitable<result<void>> more_some_day();

    /// The same, past the buffer, into memory of the caller's; only while bytes() is empty.
    awaitable<result<std::size_t>> read_directly(asio::mutable_buffer target);

    /// The same into a pipe, past our memory; see Stream::splice().
    bool can_splice() const noexcept { return bytes().empty() && stream_.can_splice(); }
    awaitable<result<std::size_t>> splice(int pipe, std::size_t most);

    /// Gives the memory back if nothing is held.
    void release();
    /// The same for what is more than most messages need, for who expects the next one soon.
    void shrink();

private:
    bool make_room();

    Stream& stream_;
    std::size_t capacity_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool filled_ = false;  // by the last read
};

}  // namespace nettool::net
