#pragma once
// The body of one message, in pieces, whatever its framing.

#include "nettool/http/chunk_decoder.hpp"
#include "nettool/http/message.hpp"
#include "nettool/net/file_pipe.hpp"
#include "nettool/net/input.hpp"

#include <cstdint>
#include <optional>

namespace nettool::http {

class BodyReader {
public:
    /// More than `max_bytes`, announced or not, is Errc::message_too_long.
    BodyReader(net::Input& input, const Framing& framing, std::uint64_t max_bytes);

    /// The next piece, which holds until the next call; empty at the end.  Errc::cut_short when
    /// the peer leaves before that, Errc::malformed.
    awaitable<result<std::string_view>> next();

    /// Whether much is left that nobody has seen yet, so that move() is worth it.
    bool can_move() noexcept;
    /// The same as next(), into the file of `pipe`: how many bytes; none at the end.  An error of
    /// the file is in `file_error`.
    awaitable<result<std::size_t>> move(net::FilePipe& pipe, error_code& file_error);

    /// Another limit than that of the constructor; before next().
    void limit(std::uint64_t max_bytes) noexcept { max_bytes_ = max_bytes; }

    bool at_end() const noexcept { return at_end_; }
    /// Lets go of the last piece; whether that was the end.
    bool finish() noexcept;
    std::uint64_t size() const noexcept { return size_; }  // bytes so far
    /// Behind the end of a chunked body; see ChunkDecoder.
    std::string_view trailers() const noexcept {
        return chunks_ ? std::string_view(chunks_->trailers()) : std::string_view();
    }
    /// The whole, where it is announced.
    std::optional<std::uint64_t> announced() const noexcept;

private:
    awaitable<result<std::string_view>> next_chunked();
    awaitable<result<std::string_view>> next_plain();
    result<std::string_view> pass(std::string_view piece);

    net::Input& input_;
    Framing framing_;
    std::uint64_t max_bytes_;
    std::uint64_t size_ = 0;
    std::size_t passed_ = 0;  // of the input's bytes, and not taken yet
    std::optional<ChunkDecoder> chunks_;
    std::vector<char> direct_;
    bool at_end_ = false;
};

}  // namespace nettool::http
