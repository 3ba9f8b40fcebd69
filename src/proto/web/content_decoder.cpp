#include "nettool/proto/web/content_decoder.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <vector>

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

namespace nettool::proto {
namespace {

constexpr std::size_t piece_bytes = 64UL * 1024;
constexpr std::uint64_t never_a_bomb = 1024UL * 1024;
constexpr std::uint64_t max_ratio = 200;

using Status = ContentDecoder::Status;

class Identity final : public ContentDecoder {
    Step step(std::string_view coded) override {
        const auto piece = coded.substr(0, piece_bytes);
        return {Status::finished, piece.size(), piece};
    }
};

enum class Wrapping { gzip, deflate };

class Zlib final : public ContentDecoder {
public:
    explicit Zlib(Wrapping wrapping) : wrapping_(wrapping), room_(piece_bytes) {}
    ~Zlib() override {
        if (begun_) ::inflateEnd(&stream_);
    }

private:
    Step step(std::string_view coded) override {
        if (!begun_ && !begin(coded.front())) return {Status::malformed, 0, {}};
        // A gzip body may be several members, one behind the other (RFC 1952 §2.2).
        if (ended_) {
            if (wrapping_ == Wrapping::deflate || ::inflateReset(&stream_) != Z_OK)
                return {Status::malformed, 0, {}};
            ended_ = false;
        }
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
        stream_.avail_in = static_cast<uInt>(std::min<std::size_t>(coded.size(), UINT32_MAX));
        const auto offered = stream_.avail_in;
        stream_.next_out = reinterpret_cast<Bytef*>(room_.data());
        stream_.avail_out = static_cast<uInt>(room_.size());
        const int status = ::inflate(&stream_, Z_NO_FLUSH);
        ended_ = status == Z_STREAM_END;
        const auto judged = status == Z_OK || status == Z_BUF_ERROR ? Status::more
                            : ended_                                ? Status::finished
                                                                    : Status::malformed;
        return {
            judged, offered - stream_.avail_in, {room_.data(), room_.size() - stream_.avail_out}};
    }

    // Some send deflate without the wrapping that RFC 9110 §8.4.1.2 asks for, and all browsers bear
    // with them.
    bool begin(char first) {
        constexpr int window = 15, gzip_only = 16, no_wrapping = -1;
        const auto byte = static_cast<unsigned char>(first);
        const bool wrapped = (byte & 0x0f) == Z_DEFLATED && byte >> 4 <= 7;
        int bits = window;
        if (wrapping_ == Wrapping::gzip) bits += gzip_only;
        if (wrapping_ == Wrapping::deflate && !wrapped) bits *= no_wrapping;
        begun_ = ::inflateInit2(&stream_, bits) == Z_OK;
        return begun_;
    }

    Wrapping wrapping_;
    std::vector<char> room_;
    z_stream stream_{};
    bool begun_ = false;
    bool ended_ = false;
};

class Brotli final : public ContentDecoder {
public:
    Brotli() : state_(::BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {}
    ~Brotli() override { ::BrotliDecoderDestroyInstance(state_); }

private:
    Step step(std::string_view coded) override {
        auto offered = coded.size();
        const auto* next = reinterpret_cast<const std::uint8_t*>(coded.data());
        std::size_t no_room = 0;
        const auto result =
            ::BrotliDecoderDecompressStream(state_, &offered, &next, &no_room, nullptr, nullptr);
        std::size_t size = piece_bytes;
        const auto* piece = reinterpret_cast<const char*>(::BrotliDecoderTakeOutput(state_, &size));
        const auto used = coded.size() - offered;
        if (result == BROTLI_DECODER_RESULT_ERROR) return {Status::malformed, used, {}};
        const bool done = ::BrotliDecoderIsFinished(state_) == BROTLI_TRUE;
        return {done ? Status::finished : Status::more, used, {piece, size}};
    }

    BrotliDecoderState* state_;
};

class Zstd final : public ContentDecoder {
public:
    Zstd() : state_(::ZSTD_createDStream()), room_(piece_bytes) {
        constexpr int window_log = 23;  // 8 MiB, as RFC 9659 has it
        ::ZSTD_DCtx_setParameter(state_, ZSTD_d_windowLogMax, window_log);
    }
    ~Zstd() override { ::ZSTD_freeDStream(state_); }

private:
    Step step(std::string_view coded) override {
        if (between_frames_ && !coded.empty() && !begins_frame(coded.front()))
            return {Status::malformed, 0, {}};
        if (!coded.empty()) between_frames_ = false;
        ZSTD_inBuffer in{coded.data(), coded.size(), 0};
        ZSTD_outBuffer out{room_.data(), room_.size(), 0};
        const auto left = ::ZSTD_decompressStream(state_, &out, &in);
        if (::ZSTD_isError(left) != 0) return {Status::malformed, in.pos, {}};
        between_frames_ = left == 0;
        return {left == 0 ? Status::finished : Status::more, in.pos, {room_.data(), out.pos}};
    }

    // Of a frame, or of one that is skipped (RFC 8878 §3.1).  The library also reads what zstd
    // wrote before it had a standard, which nobody sends.
    static bool begins_frame(char first) {
        return first == 0x28 || (static_cast<unsigned char>(first) & 0xf0) == 0x50;
    }

    ZSTD_DStream* state_;
    std::vector<char> room_;
    bool between_frames_ = true;
};

}  // namespace

std::unique_ptr<ContentDecoder> ContentDecoder::make(std::string_view coding) {
    if (coding.empty() || equal_ignoring_case("identity", coding))
        return std::make_unique<Identity>();
    if (equal_ignoring_case("gzip", coding) || equal_ignoring_case("x-gzip", coding))
        return std::make_unique<Zlib>(Wrapping::gzip);
    if (equal_ignoring_case("deflate", coding)) return std::make_unique<Zlib>(Wrapping::deflate);
    if (equal_ignoring_case("br", coding)) return std::make_unique<Brotli>();
    if (equal_ignoring_case("zstd", coding)) return std::make_unique<Zstd>();
    return nullptr;
}

Status ContentDecoder::decode(std::string_view coded, const Sink& sink) {
    if (status_ == Status::malformed || status_ == Status::bomb) return status_;
    coded_bytes_ += coded.size();
    bool full = false;  // there may be more to say without more to hear
    while (!coded.empty() || full) {
        const auto [status, used, piece] = step(coded);
        status_ = status;
        if (status == Status::malformed) return status_;
        coded.remove_prefix(used);
        decoded_bytes_ += piece.size();
        if (decoded_bytes_ > never_a_bomb && decoded_bytes_ / max_ratio > coded_bytes_)
            return status_ = Status::bomb;
        if (!piece.empty()) sink(piece);
        const bool stuck = used == 0 && piece.empty();
        if (stuck && !coded.empty()) return status_ = Status::malformed;
        full = !stuck && !piece.empty() && status == Status::more;
    }
    return status_;
}

}  // namespace nettool::proto
