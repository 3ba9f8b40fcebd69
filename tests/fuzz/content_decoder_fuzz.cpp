// The first byte chooses the coding and the cuts.
#include "nettool/proto/web/content_decoder.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace {

using nettool::proto::ContentDecoder;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

std::pair<ContentDecoder::Status, std::string> decode(std::string_view coding,
                                                      std::string_view coded, std::size_t step) {
    const auto decoder = ContentDecoder::make(coding);
    auto status = ContentDecoder::Status::more;
    std::string text;
    while (!coded.empty()) {
        status = decoder->decode(coded.substr(0, step), [&](std::string_view piece) {
            require(piece.size() <= 65'536);
            text += piece;
        });
        coded.remove_prefix(std::min(step, coded.size()));
    }
    return {status, text};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using Status = ContentDecoder::Status;
    constexpr std::array<std::string_view, 4> codings = {"gzip", "deflate", "br", "zstd"};
    if (size == 0) return 0;
    const std::string_view coded(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto coding = codings[data[0] % codings.size()];
    const auto whole = decode(coding, coded, coded.npos);
    const auto parts = decode(coding, coded, 1 + data[0] / codings.size());
    const bool ended = whole.first == Status::finished || whole.first == Status::more;
    if (ended && parts.first != Status::bomb) require(whole == parts);
    return 0;
}
