// The first byte chooses the cuts; the rest is what a peer sends.
#include "nettool/proto/classroom/sum.hpp"

#include <algorithm>

namespace {

using nettool::proto::SumDialog;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

std::string transcript(std::string_view request, std::size_t size) {
    SumDialog dialog({.numbers = 6, .characters = 12});
    std::string sent;
    while (!request.empty()) {
        dialog.feed(request.substr(0, size));
        request.remove_prefix(std::min(size, request.size()));
        sent += dialog.take_reply();
        require(!(dialog.failed() && dialog.undecided()));
    }
    dialog.end();
    sent += dialog.take_reply();
    require(dialog.failed() || dialog.idle());
    require(dialog.refused() <= 1 && !(dialog.failed() && !sent.ends_with('\n')));
    if (sent.ends_with('\n')) sent.pop_back();  // a sum does not wait for the LF behind it
    return sent;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view request(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = transcript(request, request.npos);
    require(whole == transcript(request, 1));
    require(whole == transcript(request, 1 + data[0] % 16u));
    return 0;
}
