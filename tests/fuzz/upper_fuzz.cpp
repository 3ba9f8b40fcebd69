// The first byte chooses the mode, the second the cut; the rest is what a peer sends.
#include "nettool/proto/classroom/upper.hpp"

#include <algorithm>
#include <cstdint>

namespace {

using namespace nettool::proto;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

// Filters `text` in two pieces while a check that sees both sides agrees.
std::string filtered(UpperMode mode, std::string_view text, std::size_t cut) {
    UpperFilter filter(mode);
    UpperCheck check;
    bool agreed = true;
    std::string reply;
    const auto pass_on = [&](std::string_view chunk) {
        const auto begin = reply.size();
        check.sent(chunk);
        filter.feed(chunk, reply);
        require(filter.held().size() <= 3);
        agreed = check.received(std::string_view(reply).substr(begin)) && agreed;
    };
    pass_on(text.substr(0, cut));
    pass_on(text.substr(cut));
    const auto begin = reply.size();
    filter.flush(reply);
    agreed = check.received(std::string_view(reply).substr(begin)) && agreed;
    require(mode == UpperMode::capitalize || (agreed && check.complete()));
    return reply;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto mode = static_cast<UpperMode>(data[0] % 3);
    const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto cut = std::min<std::size_t>(data[1], text.size());
    require(filtered(mode, text, cut) == filtered(mode, text, text.size()));
    require(upper_datagram(mode, text).size() <= text.size());
    return 0;
}
