// Any bytes are read as a capture file, and every packet of it told, in bounded memory and alike in
// whatever pieces they come.

#include "nettool/proto/wire/capture_reader.hpp"
#include "nettool/proto/wire/conversations.hpp"
#include "nettool/proto/wire/ladder.hpp"

#include <cstdlib>

namespace {

using namespace nettool::proto;

// Everything that is told of the file.
std::string explained(std::string_view file, std::size_t at_once) {
    Conversations::Limits limits;
    limits.conversations = 100;
    limits.remembered = 10'000;
    Conversations conversations(limits);
    CaptureReader reader;
    Conversations::Told told;
    std::string text;
    const auto take = [&] {
        while (const auto packet = reader.next()) {
            if (packet->bytes.size() > file.size()) std::abort();
            if (conversations.add(packet->linktype, packet->bytes, packet->time, told) !=
                Conversations::Other::none)
                continue;
            if (told.step.kind.empty()) std::abort();
            text += rung(told.step.way, label_of(told), Ends::bare) + remark_of(told) + "\n";
        }
    };
    for (std::size_t at = 0; at < file.size() && !reader.ended(); at += at_once) {
        reader.feed(file.substr(at, at_once));
        take();
    }
    reader.end();
    take();
    if (!reader.ended()) std::abort();
    for (const auto& one : conversations.all()) text += title_of(*one) + summary_of(*one);
    return text + reader.trouble();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    if (explained(file, size + 1) != explained(file, 7)) std::abort();
    return 0;
}
