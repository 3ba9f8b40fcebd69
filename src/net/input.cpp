#include "nettool/net/input.hpp"

#include "nettool/base/errc.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace nettool::net {

namespace {

constexpr std::size_t first_room = 4096;  // a head seldom needs more

}  // namespace

void Input::take(std::size_t size) noexcept {
    begin_ += std::min(size, end_ - begin_);
    if (begin_ == end_) begin_ = end_ = 0;
}

asio::mutable_buffer Input::room() {
    make_room();
    return {buffer_.data() + end_, buffer_.size() - end_};
}

void Input::put(std::string_view received) {
    buffer_.assign(received.begin(), received.end());
    begin_ = 0;
    end_ = received.size();
}

void Input::release() {
    if (begin_ == end_) std::vector<char>().swap(buffer_);
}

void Input::shrink() {
    if (buffer_.size() > first_room) release();
}

bool Input::make_room() {
    // Who sends more than fits will go on doing so.
    const bool grows = std::exchange(filled_, false) && end_ == 0 && buffer_.size() < capacity_;
    if (grows) buffer_.resize(std::min(capacity_, buffer_.size() * 2));
    if (end_ < buffer_.size()) return true;
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        return true;
    }
    if (buffer_.size() == capacity_) return false;
    buffer_.resize(std::min(capacity_, std::max(first_room, buffer_.size() * 2)));
    return true;
}

awaitable<result<void>> Input::more(std::chrono::milliseconds gap) {
    if (!make_room()) co_return Errc::message_too_long;
    const asio::mutable_buffer room(buffer_.data() + end_, buffer_.size() - end_);
    const auto size = co_await stream_.read(room, gap);
    if (!size) co_return size.error();
    end_ += *size;
    filled_ = end_ == buffer_.size();
    co_return result<void>();
}

awaitable<result<void>> Input::more_some_day() {
    for (;;) {
        release();
        const auto come = co_await stream_.wait_readable();
        if (!come) co_return come.error();
        if (!make_room()) co_return Errc::message_too_long;
        const auto size = stream_.read_now({buffer_.data() + end_, buffer_.size() - end_});
        if (size.error() == asio::error::would_block) continue;
        if (!size) co_return size.error();
        end_ += *size;
        co_return result<void>();
    }
}

awaitable<result<std::size_t>> Input::splice(int pipe, std::size_t most) {
    co_return co_await stream_.splice(pipe, most);
}

awaitable<result<std::size_t>> Input::read_directly(asio::mutable_buffer target) {
    co_return co_await stream_.read(target);
}

}  // namespace nettool::net
