#include "member.hpp"

#include <algorithm>
#include <array>

namespace nettool::commands {
namespace {

// A slow reader shall show that it reads: no write is longer than this.
constexpr std::size_t bytes_at_once = 32UL * 1024;

}  // namespace

void Member::deliver(const Text& text) {
    if (dropped_) return;
    std::string_view left = *text;
    if (!writing_) {
        const auto sent = stream_.write_now(left);
        if (sent) left.remove_prefix(*sent);
        if (left.empty()) return;
        progress_ = Clock::now();
    }
    queue_.push_back({text, left});
    queued_bytes_ += left.size();
    if (writing_) return;
    writing_ = true;
    writers_.spawn(write(shared_from_this()));
}

bool Member::is_stalled(Clock::time_point now, Clock::duration patience) const noexcept {
    return queued_bytes_ > 0 && now - progress_ > patience;
}

void Member::drop() {
    dropped_ = true;
    stream_.end_by(Clock::now());
}

awaitable<void> Member::write_queue() {
    while (head_ < queue_.size() && !dropped_) {
        std::array<std::string_view, net::Gathered::max_buffers> parts;
        std::size_t count = 0, size = 0;
        for (auto i = head_; i < queue_.size() && count < parts.size() && size < bytes_at_once;
             ++i) {
            parts[count] = queue_[i].left.substr(0, bytes_at_once - size);
            size += parts[count++].size();
        }
        const auto written = co_await stream_.write(std::span(parts).first(count));
        if (!written) break;  // its reader learns why
        sent(size);
    }
    if (head_ < queue_.size()) dropped_ = true;
    queue_ = {};
    head_ = queued_bytes_ = 0;
    writing_ = false;
    if (drained_) drained_->cancel();
}

void Member::sent(std::size_t size) {
    progress_ = Clock::now();
    queued_bytes_ -= size;
    while (size > 0) {
        auto& block = queue_[head_];
        const auto part = std::min(size, block.left.size());
        block.left.remove_prefix(part);
        size -= part;
        if (!block.left.empty()) break;
        block.keeps.reset();
        ++head_;
    }
    // What has been sent is given back, but not block by block.
    constexpr std::size_t many = 64;
    if (head_ < many || 2 * head_ < queue_.size()) return;
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
}

awaitable<void> Member::drain(std::chrono::milliseconds patience) {
    if (!writing_) co_return;
    asio::steady_timer timer(stream_.get_executor(), patience);
    drained_ = &timer;
    (void)co_await timer.async_wait(no_throw);
    drained_ = nullptr;
}

}  // namespace nettool::commands
