// Any bytes are read as a capture file, and every packet of it explained, in bounded memory.

#include "nettool/proto/wire/capture_reader.hpp"
#include "nettool/proto/wire/conversation.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nettool::proto;
    std::size_t at = 0;
    CaptureReader reader([&](char* to, std::size_t wanted) {
        const auto n = std::min(wanted, size - at);
        std::copy_n(data + at, n, reinterpret_cast<std::uint8_t*>(to));
        at += n;
        return n;
    });
    std::map<std::string, Conversation> conversations;
    while (const auto packet = reader.next()) {
        if (packet->bytes.size() > size) std::abort();
        const auto found = dissect(packet->linktype, packet->bytes);
        if (!found) continue;
        if (found->payload.size() > packet->bytes.size()) std::abort();
        const auto source = to_string(found->source), target = to_string(found->target);
        const auto ends = std::min(source, target) + std::max(source, target);
        auto& talk = conversations.try_emplace(ends, *found).first->second;
        if (talk.add(*found, packet->time).kind.empty()) std::abort();
    }
    return 0;
}
