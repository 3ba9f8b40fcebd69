// The bytes behind DATA; and a message, which must come back as it was.
#include "nettool/proto/mail/mail_data.hpp"

#include <cstdint>

namespace {

using namespace nettool::proto;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

struct Read {
    std::string content;
    std::size_t left = 0;
    bool ended = false;

    bool operator==(const Read&) const = default;
};

Read read(std::string_view text, std::size_t step) {
    MailDataReader reader;
    Read read;
    const MailDataReader::Sink sink = [&read](std::string_view piece) { read.content += piece; };
    while (!text.empty() && !read.ended) {
        auto piece = text.substr(0, step);
        const auto size = piece.size();
        read.ended = reader.feed(piece, sink);
        text.remove_prefix(size - piece.size());
    }
    read.left = text.size();
    return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto whole = read(text, size + 1);
    require(read(text, 1) == whole && read(text, 3) == whole);
    // Only these five bytes end a message.
    require(!whole.ended ||
            std::string("\r\n").append(text.substr(0, size - whole.left)).ends_with("\r\n.\r\n"));
    MailDataWriter writer;
    std::string wire;
    writer.feed(text, wire);
    writer.finish(wire);
    const auto again = read(wire, wire.size());
    require(again.ended && again.left == 0);
    require(again.content.empty() || again.content.ends_with("\r\n"));
    return 0;
}
