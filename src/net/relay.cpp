#include "nettool/net/relay.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace nettool::net {
namespace {

constexpr std::uint64_t much = 64UL * 1024;      // after one wait: splicing is worth it
constexpr std::uint64_t enough = 1024UL * 1024;  // for now: others have their turn
constexpr std::size_t tls_record = 16UL * 1024;  // the most that one of them holds

class Relay {
public:
    Relay(Stream& from, Stream& to, std::uint64_t most, RelayTools& tools)
        : from_(from), to_(to), most_(most), tools_(tools) {}

    awaitable<Copied> run() {
        while (!is_over()) {
            if (from_.is_tls())
                co_await copy_decrypted();
            else
                co_await copy_what_comes();
        }
        co_return copied_;
    }

private:
    bool is_over() const { return copied_.read || copied_.write || copied_.bytes == most_; }
    std::size_t room(std::size_t size) const {
        return static_cast<std::size_t>(std::min<std::uint64_t>(size, most_ - copied_.bytes));
    }

    // TLS has to be read into memory of our own.
    awaitable<void> copy_decrypted() {
        if (buffer_.empty()) buffer_.resize(tls_record);
        const auto size = co_await from_.read({buffer_.data(), room(buffer_.size())});
        copied_.read = size.error();
        if (!size) co_return;
        copied_.bytes += *size;
        const auto written = co_await to_.write({buffer_.data(), *size});
        copied_.write = written.error();
    }

    // All that is there after one wait.
    awaitable<void> copy_what_comes() {
        const auto come = co_await from_.wait_readable();
        copied_.read = come.error();
        const auto begin = copied_.bytes;
        while (!is_over() && copied_.bytes - begin < enough) {
            const bool moves = comes_in_bulk_ && from_.can_splice() && to_.can_splice_out();
            if (moves) {
                const bool moved = co_await move_what_is_there();
                comes_in_bulk_ = copied_.bytes - begin >= much;
                if (moved) co_return;
            }
            const auto size = from_.read_now({tools_.scratch.data(), room(tools_.scratch.size())});
            if (size.error() == asio::error::would_block) co_return;
            copied_.read = size.error();
            if (!size) co_return;
            copied_.bytes += *size;
            comes_in_bulk_ = copied_.bytes - begin >= much;
            const std::string_view chunk(tools_.scratch.data(), *size);
            const auto sent = to_.write_now(chunk);
            if (!sent || *sent < chunk.size()) co_await write_rest(chunk, sent);
            if (*size < tools_.scratch.size()) co_return;
        }
    }

    // The scratch is others' while this one waits.
    awaitable<void> write_rest(std::string_view chunk, result<std::size_t> sent) {
        const bool waits = sent.error() == asio::error::would_block;
        copied_.write = waits ? error_code() : sent.error();
        if (copied_.write) co_return;
        const std::string rest(chunk.substr(sent ? *sent : 0));
        const auto written = co_await to_.write(rest);
        copied_.write = written.error();
    }

    // False where there is no pipe.
    awaitable<bool> move_what_is_there() {
        auto pipe = tools_.pipes.take();
        if (!pipe) co_return false;
        bool is_empty = true;
        while (!is_over()) {
            const auto size = from_.splice_now(pipe->entry(), room(pipe->capacity()));
            if (size.error() == asio::error::would_block) break;
            copied_.read = size.error();
            if (!size) break;
            copied_.bytes += *size;
            const auto written = co_await to_.splice_out(pipe->exit(), *size);
            copied_.write = written.error();
            is_empty = !copied_.write;
        }
        if (is_empty)
            tools_.pipes.put(*std::move(pipe));
        else
            tools_.pipes.lose();
        co_return true;
    }

    Stream& from_;
    Stream& to_;
    std::uint64_t most_;
    RelayTools& tools_;
    Copied copied_;
    bool comes_in_bulk_ = false;
    std::vector<char> buffer_;
};

}  // namespace

awaitable<Copied> relay(Stream& from, Stream& to, std::uint64_t most, RelayTools& tools) {
    Relay relay(from, to, most, tools);
    co_return co_await relay.run();
}

}  // namespace nettool::net
