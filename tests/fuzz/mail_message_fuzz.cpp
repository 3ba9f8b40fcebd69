// A message.
#include "nettool/base/text.hpp"
#include "nettool/proto/mail/inline_images.hpp"
#include "nettool/proto/mail/mail_message.hpp"
#include "nettool/proto/mail/quiet_html.hpp"

#include <cstdint>

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto size = nettool::utf8_sequence_length(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto message = nettool::proto::read_message(bytes);
    require(message.defects.size() <= 100);
    require(is_utf8(message.shown("subject")));
    for (const auto* part : message.leaves()) {
        require(part->body.empty() ||
                (part->body.data() >= bytes.data() &&
                 part->body.data() + part->body.size() <= bytes.data() + bytes.size()));
        require(is_utf8(part->text()));
        require(is_utf8(part->file_name));
        constexpr std::size_t most = 1000;
        const auto text = nettool::proto::quiet_html(part->text());
        require(text == nettool::proto::quiet_html(text));
        const auto shown = nettool::proto::with_inline_images(message, text, most);
        require(shown.size() <= text.size() + most);
    }
    return 0;
}
