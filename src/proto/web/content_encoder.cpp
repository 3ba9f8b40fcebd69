#include "nettool/proto/web/content_encoder.hpp"

#include "nettool/base/failure.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

namespace nettool::proto {
namespace {

constexpr std::size_t piece_bytes = 64UL * 1024;

[[noreturn]] void fail(const char* coding) {
    throw Failure(Fault::local, std::string("no memory to compress with ") + coding);
}

class Gzip final : public ContentEncoder {
public:
    Gzip() : room_(piece_bytes) {
        constexpr int window = 15, as_gzip = 16, usual_memory = 8;
        if (::deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window + as_gzip,
                           usual_memory, Z_DEFAULT_STRATEGY) != Z_OK)
            fail("gzip");
    }
    ~Gzip() override { ::deflateEnd(&stream_); }

    void encode(std::string_view plain, const Sink& sink) override {
        while (!plain.empty()) {
            const auto part = plain.substr(0, UINT32_MAX);
            stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
            stream_.avail_in = static_cast<uInt>(part.size());
            run(Z_NO_FLUSH, sink);
            plain.remove_prefix(part.size());
        }
    }
    void finish(const Sink& sink) override { run(Z_FINISH, sink); }

private:
    void run(int flush, const Sink& sink) {
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(room_.data());
            stream_.avail_out = static_cast<uInt>(room_.size());
            ::deflate(&stream_, flush);
            const auto size = room_.size() - stream_.avail_out;
            if (size > 0) sink({room_.data(), size});
        } while (stream_.avail_out == 0);
    }

    std::vector<char> room_;
    z_stream stream_{};
};

class Brotli final : public ContentEncoder {
public:
    Brotli() : state_(::BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {
        constexpr std::uint32_t quality = 5;
        if (!state_) fail("br");
        ::BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY, quality);
    }
    ~Brotli() override { ::BrotliEncoderDestroyInstance(state_); }

    void encode(std::string_view plain, const Sink& sink) override {
        run(BROTLI_OPERATION_PROCESS, plain, sink);
    }
    void finish(const Sink& sink) override { run(BROTLI_OPERATION_FINISH, {}, sink); }

private:
    void run(BrotliEncoderOperation operation, std::string_view plain, const Sink& sink) {
        auto left = plain.size();
        const auto* next = reinterpret_cast<const std::uint8_t*>(plain.data());
        do {
            std::size_t no_room = 0;
            if (::BrotliEncoderCompressStream(state_, operation, &left, &next, &no_room, nullptr,
                                              nullptr) == BROTLI_FALSE)
                fail("br");
            std::size_t size = 0;
            const auto* piece = ::BrotliEncoderTakeOutput(state_, &size);
            if (size > 0) sink({reinterpret_cast<const char*>(piece), size});
        } while (left > 0 || ::BrotliEncoderHasMoreOutput(state_) == BROTLI_TRUE);
    }

    BrotliEncoderState* state_;
};

class Zstd final : public ContentEncoder {
public:
    Zstd() : state_(::ZSTD_createCCtx()), room_(piece_bytes) {
        constexpr int level = 3;
        if (!state_) fail("zstd");
        ::ZSTD_CCtx_setParameter(state_, ZSTD_c_compressionLevel, level);
    }
    ~Zstd() override { ::ZSTD_freeCCtx(state_); }

    void encode(std::string_view plain, const Sink& sink) override {
        ZSTD_inBuffer in{plain.data(), plain.size(), 0};
        while (in.pos < in.size) run(in, ZSTD_e_continue, sink);
    }
    void finish(const Sink& sink) override {
        ZSTD_inBuffer nothing{nullptr, 0, 0};
        while (run(nothing, ZSTD_e_end, sink) > 0) {
        }
    }

private:
    std::size_t run(ZSTD_inBuffer& in, ZSTD_EndDirective directive, const Sink& sink) {
        ZSTD_outBuffer out{room_.data(), room_.size(), 0};
        const auto left = ::ZSTD_compressStream2(state_, &out, &in, directive);
        if (::ZSTD_isError(left) != 0) fail("zstd");
        if (out.pos > 0) sink({room_.data(), out.pos});
        return left;
    }

    ZSTD_CCtx* state_;
    std::vector<char> room_;
};

}  // namespace

std::unique_ptr<ContentEncoder> ContentEncoder::make(std::string_view coding) {
    if (coding == "gzip") return std::make_unique<Gzip>();
    if (coding == "br") return std::make_unique<Brotli>();
    if (coding == "zstd") return std::make_unique<Zstd>();
    return nullptr;
}

}  // namespace nettool::proto
