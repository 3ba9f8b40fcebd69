// What a peer sends, whole and in pieces.
#include "nettool/proto/classroom/lookup.hpp"

#include <algorithm>

namespace {

using nettool::proto::LookupDialog;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

struct Outcome {
    std::string sent;
    std::uint64_t answered = 0;
    bool failed = false;
};

Outcome converse(std::string_view bytes, std::size_t size) {
    LookupDialog::Limits limits;
    limits.bytes = 1000;
    LookupDialog dialog(limits);
    Outcome outcome;
    while (!bytes.empty()) {
        dialog.feed(bytes.substr(0, size));
        bytes.remove_prefix(std::min(size, bytes.size()));
        outcome.sent += dialog.take_reply();
        require(!(dialog.half() && !dialog.undecided()));
    }
    dialog.end();
    outcome.sent += dialog.take_reply();
    require(dialog.failed() || dialog.idle());
    outcome.answered = dialog.answered();
    outcome.failed = dialog.failed();
    // A line feed that comes later than the answer is not mirrored.
    std::erase(outcome.sent, '\n');
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto whole = converse(bytes, bytes.size() + 1);
    const auto cut = converse(bytes, 1);
    require(whole.answered == cut.answered && whole.failed == cut.failed);
    require(whole.sent == cut.sent);
    (void)nettool::proto::parse_lookup_reply(bytes);
    for (std::string_view path = bytes; !path.empty();)
        if (!nettool::proto::take_path_step(path)) break;
    return 0;
}
