#include "nettool/proto/mail/mail_source.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>

namespace nettool::proto {

namespace {

constexpr std::size_t bytes_at_a_time = bytes_in_a_line * 1024;

}  // namespace

MailSource::MailSource(const MailDraft& draft, const MailTransport& transport)
    : attachments_(draft.attachments), pieces_(write_message(draft, transport)) {
    for (const auto& piece : pieces_) {
        size_ += piece.attachment ? base64_lines_size(attachments_[*piece.attachment].size)
                                  : piece.text.size();
        eight_bit_ = eight_bit_ || !is_ascii(piece.text);
    }
}

std::string_view MailSource::next() {
    while (piece_ < pieces_.size()) {
        const auto& piece = pieces_[piece_];
        if (piece.attachment) {
            const auto text = next_of(attachments_[*piece.attachment]);
            if (!text.empty()) return text;
            offset_ = 0;
        }
        ++piece_;
        if (!piece.text.empty()) return piece.text;
    }
    return {};
}

std::string_view MailSource::next_of(const MailAttachment& attachment) {
    const auto count = static_cast<std::size_t>(
        std::min<std::uint64_t>(attachment.size - offset_, bytes_at_a_time));
    if (count == 0) return {};
    encoded_ = base64_lines(attachment.read(offset_, count));
    offset_ += count;
    return encoded_;
}

}  // namespace nettool::proto
