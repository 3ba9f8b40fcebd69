#include "nettool/http/body_reader.hpp"

#include "nettool/base/errc.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace nettool::http {
namespace {

constexpr std::size_t direct_bytes = 256UL * 1024;  // fewer, longer reads for big bodies
constexpr std::uint64_t worth_it = 64UL * 1024;     // left to read

}  // namespace

BodyReader::BodyReader(net::Input& input, const Framing& framing, std::uint64_t max_bytes)
    : input_(input),
      framing_(framing),
      max_bytes_(max_bytes),
      at_end_(framing.kind == Framing::Kind::none ||
              (framing.kind == Framing::Kind::length && framing.length == 0)) {
    if (framing.kind == Framing::Kind::chunked) chunks_.emplace();
}

std::optional<std::uint64_t> BodyReader::announced() const noexcept {
    if (framing_.kind == Framing::Kind::none) return 0;
    if (framing_.kind == Framing::Kind::length) return framing_.length;
    return std::nullopt;
}

bool BodyReader::finish() noexcept {
    input_.take(std::exchange(passed_, 0));
    return at_end_;
}

result<std::string_view> BodyReader::pass(std::string_view piece) {
    size_ += piece.size();
    if (size_ > max_bytes_) return Errc::message_too_long;
    return piece;
}

awaitable<result<std::string_view>> BodyReader::next() {
    input_.take(std::exchange(passed_, 0));
    if (at_end_) co_return std::string_view();
    if (announced().value_or(0) > max_bytes_) co_return Errc::message_too_long;
    if (chunks_) co_return co_await next_chunked();
    co_return co_await next_plain();
}

awaitable<result<std::string_view>> BodyReader::next_chunked() {
    for (;;) {
        const auto used = chunks_->decode(input_.bytes());
        if (!used) co_return used.error();
        if (!chunks_->piece().empty()) {
            passed_ = *used;
            co_return pass(chunks_->piece());
        }
        input_.take(*used);
        at_end_ = chunks_->finished();
        if (at_end_) co_return std::string_view();
        if (*used > 0) continue;
        const auto more = co_await input_.more();
        const error_code ec = more.error();
        if (ec == asio::error::eof) co_return Errc::cut_short;
        if (ec) co_return ec;
    }
}

bool BodyReader::can_move() noexcept {
    input_.take(std::exchange(passed_, 0));
    const bool bounded = framing_.kind == Framing::Kind::length;
    const auto left = bounded ? framing_.length - size_ : UINT64_MAX;
    return !at_end_ && !chunks_ && left >= worth_it && input_.can_splice() &&
           announced().value_or(0) <= max_bytes_;
}

awaitable<result<std::size_t>> BodyReader::move(net::FilePipe& pipe, error_code& file_error) {
    const bool bounded = framing_.kind == Framing::Kind::length;
    const auto left = bounded ? framing_.length - size_ : UINT64_MAX;
    if (left == 0) co_return std::size_t(0);
    const auto size =
        co_await input_.splice(pipe.entry(), std::min<std::uint64_t>(left, pipe.capacity()));
    const error_code ec = size.error();
    if (ec == asio::error::eof && !bounded) {
        at_end_ = true;
        co_return std::size_t(0);
    }
    if (ec == asio::error::eof) co_return Errc::cut_short;
    if (ec) co_return ec;
    size_ += *size;
    if (size_ > max_bytes_) co_return Errc::message_too_long;
    const auto drained = pipe.drain(*size);
    if (!drained) file_error = drained.error();
    at_end_ = bounded && size_ == framing_.length;
    co_return *size;
}

awaitable<result<std::string_view>> BodyReader::next_plain() {
    const bool bounded = framing_.kind == Framing::Kind::length;
    const auto left = bounded ? framing_.length - size_ : UINT64_MAX;
    std::string_view piece;
    if (!input_.bytes().empty()) {
        piece = input_.bytes().substr(0, std::min<std::uint64_t>(left, input_.bytes().size()));
        passed_ = piece.size();
    } else {
        if (direct_.empty()) direct_.resize(left < worth_it ? left : direct_bytes);
        const auto room = std::min<std::uint64_t>(left, direct_.size());
        const auto size = co_await input_.read_directly(asio::buffer(direct_.data(), room));
        const error_code ec = size.error();
        if (ec == asio::error::eof && !bounded) {
            at_end_ = true;
            co_return std::string_view();
        }
        if (ec == asio::error::eof) co_return Errc::cut_short;
        if (ec) co_return ec;
        piece = {direct_.data(), *size};
    }
    at_end_ = bounded && piece.size() == left;
    co_return pass(piece);
}

}  // namespace nettool::http
