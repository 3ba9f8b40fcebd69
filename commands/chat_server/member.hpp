#pragma once
// One connection of the chat room, with what it has still to be sent.

#include "nettool/net/stream.hpp"
#include "nettool/net/task_group.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::commands {

/// Used on the room's strand only.  Shared by its session and by the task that writes what did not
/// go at once.
class Member : public std::enable_shared_from_this<Member> {
public:
    using Clock = std::chrono::steady_clock;
    using Text = std::shared_ptr<const std::string>;

    Member(net::Stream stream, net::TaskGroup& writers)
        : stream_(std::move(stream)), writers_(writers) {}

    net::Stream& stream() noexcept { return stream_; }

    /// Sends it at once if that is possible, and keeps what is left.
    void deliver(const Text& text);

    std::size_t queued_bytes() const noexcept { return queued_bytes_; }
    bool is_stalled(Clock::time_point now, Clock::duration patience) const noexcept;

    /// Ends all reads and writes.
    void drop();
    bool dropped() const noexcept { return dropped_; }

    /// Until all is sent, or so long.
    awaitable<void> drain(std::chrono::milliseconds patience);

    std::string name;         // empty until it is identified
    bool has_spoken = false;  // since the last turn

private:
    struct Block {
        Text keeps;
        std::string_view left;
    };

    awaitable<void> write_queue();
    static awaitable<void> write(std::shared_ptr<Member> member) { co_await member->write_queue(); }
    void sent(std::size_t size);

    net::Stream stream_;
    net::TaskGroup& writers_;
    std::vector<Block> queue_;  // from head_ on
    std::size_t head_ = 0;
    std::size_t queued_bytes_ = 0;
    Clock::time_point progress_;
    bool writing_ = false;
    bool dropped_ = false;
    asio::steady_timer* drained_ = nullptr;
};

}  // namespace nettool::commands
