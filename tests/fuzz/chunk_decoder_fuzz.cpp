// The first byte chooses the cuts.
#include "nettool/http/chunk_decoder.hpp"

#include <algorithm>
#include <string>

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

struct Outcome {
    std::string body;
    bool finished = false;
    bool failed = false;
    bool operator==(const Outcome&) const = default;
};

// As a connection would: `step` bytes more each time nothing can be used.
Outcome decode(std::string_view coded, std::size_t step) {
    nettool::http::ChunkDecoder decoder;
    Outcome outcome;
    std::size_t begin = 0, end = std::min(step, coded.size());
    while (!decoder.finished()) {
        const auto used = decoder.decode(coded.substr(begin, end - begin));
        outcome.failed = !used;
        if (!used) break;
        outcome.body += decoder.piece();
        begin += *used;
        require(begin <= end);
        if (*used > 0) continue;
        if (end == coded.size()) break;
        end = std::min(end + step, coded.size());
    }
    outcome.finished = decoder.finished();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view coded(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = decode(coded, coded.size() + 1);
    const auto parts = decode(coded, 1U + data[0] % 8U);
    require(whole.finished == parts.finished);
    if (whole.finished) require(whole.body == parts.body);
    return 0;
}
