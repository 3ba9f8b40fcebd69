#include "nettool/http/exchange.hpp"

#include "nettool/http/file_root.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace nettool::http {
namespace {

using Clock = net::Stream::Clock;

constexpr std::uint64_t one_write = 32UL * 1024;  // a file up to this leaves with its head

}  // namespace

Exchange::Exchange(net::Stream& stream, net::Input& input, const RequestHead& request,
                   const ServerLimits& limits)
    : stream_(stream),
      request_(request),
      limits_(limits),
      body_(input, request.framing, limits.max_body),
      keep_alive_(request.keep_alive),
      must_continue_(request.expects_continue) {}

WallTime Exchange::received() const {
    if (received_ == WallTime()) received_ = std::chrono::system_clock::now();
    return received_;
}

std::chrono::steady_clock::duration Exchange::elapsed() const noexcept {
    return Clock::now() - begin_;
}

awaitable<result<std::string_view>> Exchange::next_of_body() {
    if (must_continue_ && status_ == 0) {
        must_continue_ = false;
        const auto asked = co_await stream_.write("HTTP/1.1 100 Continue\r\n\r\n");
        if (!asked) co_return asked.error();
    }
    co_return co_await body_.next();
}

void Exchange::allow_body(std::uint64_t max_bytes) {
    body_.limit(max_bytes);
    allow_time_for(body_.announced().value_or(max_bytes));
}

// A client that still waits to be asked for its body may or may not send it now.
void Exchange::judge_connection() {
    if (must_continue_) keep_alive_ = false;
}

std::string Exchange::finish_head(HeadWriter head, std::optional<std::uint64_t> size) {
    status_ = head.status();
    head.field("Date", date_of(received()));
    judge_connection();
    const bool bodiless = status_ == 204 || status_ == 304;
    coding_ = size ? Coding::plain : Coding::chunked;
    if (!size && request_.minor_version == 0) {
        coding_ = Coding::plain;
        keep_alive_ = false;
    }
    if (coding_ == Coding::chunked && !bodiless) head.field("Transfer-Encoding", "chunked");
    if (size && !bodiless) head.field("Content-Length", *size);
    if (!keep_alive_) head.field("Connection", "close");
    if (keep_alive_ && request_.minor_version == 0) head.field("Connection", "keep-alive");
    if (bodiless || !sends_body()) coding_ = Coding::none;
    return std::move(head).finish();
}

void Exchange::allow_time_for(std::uint64_t bytes) {
    if (limits_.min_rate == 0 || bytes <= one_write) return;
    constexpr std::uint64_t longest = 100'000'000;  // three years: no clock overflows
    const std::chrono::seconds needed(std::min(bytes / limits_.min_rate, longest));
    stream_.end_by(Clock::now() + limits_.patience + needed);
}

awaitable<result<void>> Exchange::respond(HeadWriter head, std::string_view body) {
    const auto text = finish_head(std::move(head), body.size());
    if (coding_ == Coding::none) body = {};
    body_bytes_ += body.size();
    allow_time_for(body.size());
    const std::array<std::string_view, 2> parts = {text, body};
    co_return co_await stream_.write(parts);
}

awaitable<result<void>> Exchange::respond(const ReadyResponse& ready) {
    status_ = ready.status();
    body_bytes_ += ready.body().size();
    judge_connection();
    if (keep_alive_ && request_.minor_version > 0) co_return co_await finish(ready.text());
    allow_time_for(ready.body().size());
    const std::string_view connection =
        keep_alive_ ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    const std::array<std::string_view, 3> parts = {ready.head(), connection, ready.body()};
    co_return co_await stream_.write(parts);
}

result<std::size_t> Exchange::respond_now(const ReadyResponse& ready) {
    status_ = ready.status();
    body_bytes_ += ready.body().size();
    const auto sent = stream_.write_now(ready.text());
    if (sent.error() == asio::error::would_block) return 0UL;
    return sent;
}

awaitable<result<void>> Exchange::finish(std::string_view rest) {
    allow_time_for(rest.size());
    co_return co_await stream_.write(rest);
}

awaitable<result<void>> Exchange::respond_file(HeadWriter head, int file, std::uint64_t offset,
                                               std::uint64_t size) {
    if (size <= one_write && sends_body()) {
        std::string bytes(size, '\0');
        const auto read = read_at(file, offset, bytes);
        if (!read) co_return read.error();
        co_return co_await respond(std::move(head), bytes);
    }
    const auto begun = co_await begin(std::move(head), size);
    if (!begun) co_return begun.error();
    co_return co_await write_file(file, offset, size);
}

awaitable<result<void>> Exchange::refuse(HeadWriter head, std::string_view why) {
    if (request_.framing.kind != Framing::Kind::none) close_afterwards();
    const auto text = fmt::format("{} {}: {}.\n", head.status(), reason_phrase(head.status()), why);
    head.field("Content-Type", "text/plain; charset=utf-8")
        .field("X-Content-Type-Options", "nosniff");
    co_return co_await respond(std::move(head), text);
}

awaitable<result<void>> Exchange::begin(HeadWriter head, std::optional<std::uint64_t> size) {
    const auto text = finish_head(std::move(head), size);
    if (size) allow_time_for(*size);
    const auto more = size.value_or(1) > 0 && coding_ != Coding::none ? net::Stream::More::yes
                                                                      : net::Stream::More::no;
    co_return co_await stream_.write(text, more);
}

awaitable<result<void>> Exchange::write(std::string_view piece) {
    if (coding_ == Coding::none || piece.empty()) co_return result<void>();
    body_bytes_ += piece.size();
    if (coding_ == Coding::plain) co_return co_await stream_.write(piece);
    const auto size_line = fmt::format("{:x}\r\n", piece.size());
    const std::array<std::string_view, 3> parts = {size_line, piece, "\r\n"};
    co_return co_await stream_.write(parts);
}

awaitable<result<void>> Exchange::write_file(int file, std::uint64_t offset, std::uint64_t size) {
    if (coding_ == Coding::none) co_return result<void>();
    body_bytes_ += size;
    co_return co_await stream_.send_file(file, offset, size);
}

awaitable<result<void>> Exchange::end() {
    if (coding_ != Coding::chunked) co_return result<void>();
    co_return co_await stream_.write("0\r\n\r\n");
}

awaitable<bool> Exchange::drop_body() {
    if (body_.at_end()) co_return true;
    if (must_continue_) co_return false;  // it was never asked for
    stream_.end_by(Clock::now() + limits_.head_time);
    for (;;) {
        const auto piece = co_await body_.next();
        if (!piece) co_return false;
        if (piece->empty()) break;
    }
    stream_.end_whenever();
    co_return true;
}

}  // namespace nettool::http
