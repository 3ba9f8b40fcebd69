#pragma once
// Takes the chunked transfer coding off a body (RFC 9112 §7.1); Beast knows the framing.

#include "nettool/base/asio.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace nettool::http {

/// Trailer fields are kept apart: merged into the head they could name a second host or user.
class ChunkDecoder {
public:
    /// Of chunk-size lines and trailers, which the decoder has to see whole.
    static constexpr std::size_t max_line_bytes = 4UL * 1024;

    ChunkDecoder();
    ChunkDecoder(ChunkDecoder&&) noexcept;
    ~ChunkDecoder();

    /// Some of `coded` is used; what it held of the body is piece(), which refers to `coded`.
    /// Nothing used and no error: more is needed.  Errc::malformed.
    result<std::size_t> decode(std::string_view coded);
    std::string_view piece() const noexcept;
    bool finished() const noexcept;
    /// Behind the last chunk: lines `name: value`, each with its CRLF; what concerns routing, the
    /// body or who somebody is, is left out (RFC 9110 §6.5.1), and what frames is malformed.
    const std::string& trailers() const noexcept;

private:
    class Parser;
    std::unique_ptr<Parser> parser_;
};

}  // namespace nettool::http
