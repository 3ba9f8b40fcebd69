// Any cutting of the same bytes gives the same messages.

#include "nettool/net/message_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

using nettool::net::Message;
using nettool::net::MessageAssembler;

static std::vector<std::string> messages(std::string_view bytes, std::size_t piece) {
    MessageAssembler assembler(64);
    std::vector<std::string> texts;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        assembler.feed(bytes.substr(0, piece));
        while (auto message = assembler.next_line()) texts.push_back(message->text);
        if (assembler.too_long()) return texts;
    }
    if (auto last = assembler.take_rest(Message::Ending::end)) texts.push_back(last->text);
    return texts;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const std::size_t piece = 1 + data[0] % 16;
    if (messages(text, piece) != messages(text, std::max<std::size_t>(1, text.size())))
        __builtin_trap();
    return 0;
}
