// Any bytes, cut anywhere, become the same bounded lines; no name and no message can look like a
// line of somebody else.

#include "nettool/base/text.hpp"
#include "nettool/proto/classroom/chat.hpp"

#include <cstdlib>
#include <vector>

namespace {

using nettool::proto::ChatLines;

std::vector<std::string> lines_of(std::string_view bytes, std::size_t piece) {
    ChatLines lines;
    std::vector<std::string> texts;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        lines.feed(bytes.substr(0, piece));
        while (const auto line = lines.next()) texts.push_back(line->text);
    }
    if (const auto rest = lines.rest()) texts.push_back(rest->text);
    return texts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto whole = lines_of(bytes, bytes.size() + 1);
    if (lines_of(bytes, 7) != whole) std::abort();
    nettool::proto::ChatNames names;
    for (const auto& line : whole) {
        if (line.size() > ChatLines::max_bytes) std::abort();
        const auto name = nettool::proto::chat_name(line);
        if (name.find_first_of(":\n\r\x1b") != name.npos || name.starts_with('*')) std::abort();
        if (nettool::escaped(name) != name) std::abort();
        if (nettool::proto::chat_name(name) != name) std::abort();
        names.take_any(name);
        const auto message = nettool::proto::chat_message("name", line);
        if (message.empty()) continue;
        if (!message.starts_with("name: ") || message.find('\n') != message.size() - 1)
            std::abort();
    }
    return 0;
}
