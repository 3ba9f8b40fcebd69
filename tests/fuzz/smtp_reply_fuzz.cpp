// What a server says.
#include "nettool/proto/mail/smtp_reply.hpp"

#include <cstdint>

namespace {

using namespace nettool::proto;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    SmtpReplyReader reader;
    while (!text.empty()) {
        if (reader.feed(text) != SmtpReplyReader::Status::whole) return 0;
        const auto reply = reader.take();
        require(reply.code >= 200 && reply.code < 560 && !reply.lines.empty());
        (void)reply.text();
        const auto wire = to_wire(reply);
        SmtpReplyReader again;
        std::string_view left(wire);
        require(again.feed(left) == SmtpReplyReader::Status::whole && left.empty());
        require(again.take().code == reply.code);
    }
    return 0;
}
