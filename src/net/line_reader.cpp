#include "nettool/net/line_reader.hpp"

#include "nettool/base/errc.hpp"

#include <boost/asio/error.hpp>

#include <array>
#include <utility>

namespace nettool::net {
namespace {

std::string without_return(std::string line) {
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

}  // namespace

template <class Source>
awaitable<result<std::string>> LineReader<Source>::next() {
    std::array<char, 4096> chunk;
    for (;;) {
        const auto end = buffer_.find('\n', searched_);
        if (end != buffer_.npos && end <= max_bytes_) {
            std::string line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            searched_ = 0;
            co_return without_return(std::move(line));
        }
        searched_ = buffer_.size();
        if (buffer_.size() > max_bytes_) co_return error_code(Errc::message_too_long);
        if (ended_ && buffer_.empty()) co_return error_code(asio::error::eof);
        if (ended_) co_return without_return(std::exchange(buffer_, {}));
        const auto size = co_await source_.read(asio::buffer(chunk));
        ended_ = size.error() == asio::error::eof;
        if (!size && !ended_) co_return size.error();
        if (size) buffer_.append(chunk.data(), *size);
    }
}

template class LineReader<Stream>;
template class LineReader<Descriptor>;

}  // namespace nettool::net
