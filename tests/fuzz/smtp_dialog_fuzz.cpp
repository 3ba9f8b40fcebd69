// What a client says, a line each; chunks and messages come as they are asked for.
#include "nettool/base/ascii.hpp"
#include "nettool/proto/mail/smtp_dialog.hpp"

#include <algorithm>
#include <cstdint>

namespace {

using namespace nettool::proto;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

void judge(const SmtpReply& reply) {
    if (reply.code == 0) return;  // of a chunk that is still to come
    const auto wire = to_wire(reply);
    SmtpReplyReader reader;
    std::string_view left(wire);
    require(reader.feed(left) == SmtpReplyReader::Status::whole && left.empty());
    require(reader.take().code == reply.code);
    const auto enhanced = reply.enhanced();
    require(enhanced.empty() || static_cast<unsigned>(enhanced[0] - '0') == reply.code / 100);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    SmtpSettings settings;
    settings.max_recipients = 3;
    settings.users.anybody = true;
    SmtpDialog dialog(settings);
    judge(dialog.greeting());
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        auto step = dialog.on_line(line);
        judge(step.reply);
        if (step.next == SmtpDialog::Next::data) {
            require(dialog.has_envelope() && !dialog.envelope().recipients.empty());
            judge(dialog.on_message("1", std::nullopt).reply);
        } else if (step.next == SmtpDialog::Next::chunk) {
            const auto chunk = std::min<std::uint64_t>(dialog.chunk_size(), text.size());
            text.remove_prefix(chunk);
            const bool stored = dialog.keeps_chunk() && dialog.is_last_chunk();
            judge(stored ? dialog.on_message("1", std::nullopt).reply
                         : dialog.on_chunk(false).reply);
        } else if (step.next == SmtpDialog::Next::start_tls) {
            dialog.on_tls();
            require(!dialog.has_envelope() && dialog.client().empty());
        } else if (step.next == SmtpDialog::Next::close) {
            return 0;
        }
        if (dialog.has_envelope())
            for (const auto& recipient : dialog.envelope().recipients)
                require(!recipient.path.is_null() &&
                        !nettool::has_control_bytes(to_string(recipient.path)));
    }
    return 0;
}
