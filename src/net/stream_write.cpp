// What a Stream sends: text, several texts at once, and files; and what it moves into files.

#include "nettool/net/task_group.hpp"
#include "stream_state.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nettool::net {

namespace {

// Operations that complete at once may starve the strand's other work; after so many, give way.
constexpr int turns_in_a_row = 32;

constexpr std::uint64_t file_part = 1024UL * 1024;  // in one system call
constexpr std::size_t copied_part = 128UL * 1024;

// Whether what was announced of a file is not what would be sent of it any more.  One that grows is
// sent as long as it was, and one that is replaced goes on under no name.
class FileWatch {
public:
    explicit FileWatch(int file) : file_(file) { ::fstat(file_, &before_); }

    // A file gets its new time just before it grows: who looks in between looks again.
    bool has_changed() const {
        constexpr int looks = 5;
        for (int look = 0; look < looks; ++look) {
            if (look > 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
            struct stat now {};
            if (::fstat(file_, &now) != 0) return true;
            const bool written = now.st_mtim.tv_sec != before_.st_mtim.tv_sec ||
                                 now.st_mtim.tv_nsec != before_.st_mtim.tv_nsec;
            if (!written || now.st_size > before_.st_size) return false;
            if (now.st_size < before_.st_size) return true;
        }
        return true;
    }

private:
    int file_;
    struct stat before_ {};
};

}  // namespace

awaitable<void> Stream::give_way() {
    if (++state_->in_a_row < turns_in_a_row) co_return;
    state_->in_a_row = 0;
    co_await asio::post(get_executor(), asio::use_awaitable);
}

awaitable<result<void>> Stream::write(std::string_view text, More more) {
    co_return co_await write(std::span(&text, 1), more);
}

awaitable<result<void>> Stream::write(std::span<const std::string_view> parts, More more) {
    if (!state_->faults) co_return co_await write_at_once(parts, more);
    std::string text;
    for (const auto part : parts) text += part;
    co_return co_await write_imperfectly(std::move(text));
}

awaitable<result<void>> Stream::write_imperfectly(std::string text) {
    const auto state = state_;
    const auto fate = state->faults->next();
    if (state->observed()) note_fault(state->faults->words_of(fate));
    std::string_view left = text;
    if (fate.reset) left = left.substr(0, left.size() / 2);
    if (fate.delay.count() > 0 && !state->goes_on_writing()) co_await pause(fate.delay);
    while (!left.empty()) {
        const auto portion = left.substr(0, state->faults->portion(left.size()));
        const auto written = co_await write_at_once(std::span(&portion, 1), More::no);
        if (!written) co_return written.error();
        left.remove_prefix(portion.size());
        const auto rest = state->faults->wait_after(portion.size());
        if (rest.count() > 0) co_await pause(rest);
    }
    state->wrote();
    if (!fate.reset) co_return result<void>();
    reset();
    co_return error_code(asio::error::connection_reset);
}

void Stream::imitate(const StreamFaultOptions& faults) {
    if (!std::exchange(state_->imitates, true)) state_->usual_faults = std::move(state_->faults);
    state_->faults = std::make_unique<StreamFaults>(faults, 0);
}

void Stream::imitate_as_before() {
    if (std::exchange(state_->imitates, false)) state_->faults = std::move(state_->usual_faults);
}

void Stream::note_fault(std::string_view words) {
    if (!words.empty()) state_->note(Event::Kind::fault, words);
}

void Stream::reset() {
    error_code ignored;
    state_->note(Event::Kind::aborted);
    state_->socket().set_option(asio::socket_base::linger(true, 0), ignored);
    state_->socket().close(ignored);
}

awaitable<result<void>> Stream::write_at_once(std::span<const std::string_view> parts, More more) {
    const auto state = state_;
    std::array<asio::const_buffer, Gathered::max_buffers> all;
    BOOST_ASSERT(parts.size() <= all.size());
    std::ranges::transform(parts, all.begin(), [](auto part) { return asio::buffer(part); });
    Gathered left(all);
    const int flags = more == More::yes ? MSG_MORE : 0;
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    while (!left.empty()) {
        std::size_t size = 0;
        error_code ec = asio::error::would_block;
        if (!state->tls()) co_await give_way();
        if (State::is_cancelled(cancellation)) co_return asio::error::operation_aborted;
        const auto begin = state->now_if_observed();
        state->stay_awake();
        if (!state->tls()) ec = state->wire().send_now(left, size, flags);
        if (would_wait(ec)) {
            state->in_a_row = 0;
            if (auto* tls = state->tls())
                std::tie(ec, size) = co_await tls->async_write_some(left, no_throw);
            else
                std::tie(ec, size) = co_await state->wire().async_write_some(left, no_throw);
        }
        ec = state->finished(Direction::out, left, size, ec, begin);
        if (ec) co_return ec;
        left.consume(size);
    }
    co_return result<void>();
}

result<std::size_t> Stream::write_now(std::string_view text) {
    if (state_->tls() || state_->faults) return error_code(asio::error::would_block);
    const Gathered buffers(asio::buffer(text));
    std::size_t size = 0;
    const auto begin = state_->now_if_observed();
    state_->stay_awake();
    error_code ec = state_->wire().send_now(buffers, size);
    if (would_wait(ec)) return error_code(asio::error::would_block);
    ec = state_->finished(Direction::out, buffers, size, ec, begin);
    if (ec) return ec;
    return size;
}

awaitable<result<void>> Stream::send_file(int file, std::uint64_t offset, std::uint64_t size) {
    const auto state = state_;
    if (state->tls() || state->observed() || state->faults)
        co_return co_await copy_file(file, offset, size);
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    auto position = static_cast<off_t>(offset);
    const error_code blocks = stop_blocking(state->socket());
    if (blocks) co_return blocks;
    const FileWatch watch(file);
    while (size > 0) {
        co_await give_way();
        if (State::is_cancelled(cancellation)) co_return asio::error::operation_aborted;
        state->stay_awake();
        const auto n =
            ::sendfile(state->socket().native_handle(), file, &position, std::min(size, file_part));
        error_code ec = n < 0 ? last_error() : error_code();
        // What the kernel has not sent yet are pages of the file itself, so it is looked at behind.
        if (n == 0 || (n > 0 && watch.has_changed())) co_return Errc::file_changed;
        if (n > 0) size -= static_cast<std::uint64_t>(n);
        if (would_wait(ec)) {
            state->in_a_row = 0;
            std::tie(ec) = co_await state->socket().async_wait(Socket::wait_write, no_throw);
        }
        ec = state->finished(Direction::out, asio::const_buffer(), 0, ec);
        if (ec) co_return ec;
    }
    co_return result<void>();
}

awaitable<result<void>> Stream::copy_file(int file, std::uint64_t offset, std::uint64_t size) {
    std::vector<char> buffer(std::min<std::uint64_t>(size, copied_part));
    const FileWatch watch(file);
    while (size > 0) {
        const auto wanted = std::min<std::uint64_t>(size, buffer.size());
        const auto n = ::pread(file, buffer.data(), wanted, static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) co_return last_error();
        if (n == 0 || watch.has_changed()) co_return Errc::file_changed;
        const auto part = static_cast<std::size_t>(n);
        const auto written = co_await write(std::string_view(buffer.data(), part));
        if (!written) co_return written.error();
        offset += part;
        size -= part;
    }
    co_return result<void>();
}

}  // namespace nettool::net
