#pragma once
// Splits what is read into lines of bounded length.

#include "nettool/net/descriptor.hpp"
#include "nettool/net/stream.hpp"

#include <string>

namespace nettool::net {

/// Of a Stream or a Descriptor, which outlives it.
template <class Source>
class LineReader {
public:
    LineReader(Source& source, std::size_t max_bytes) : source_(source), max_bytes_(max_bytes) {}

    /// The next line without LF or CRLF, also the last one when nothing ends it; asio::error::eof
    /// after that, Errc::message_too_long beyond the bound.
    awaitable<result<std::string>> next();

private:
    Source& source_;
    std::size_t max_bytes_;
    std::string buffer_;
    std::size_t searched_ = 0;  // no LF before here
    bool ended_ = false;
};

extern template class LineReader<Stream>;
extern template class LineReader<Descriptor>;

}  // namespace nettool::net
