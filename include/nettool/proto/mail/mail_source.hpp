#pragma once
// A message of a draft piece by piece, whatever is attached: its size is known before it is read.

#include "nettool/proto/mail/mime_writer.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

class MailSource {
public:
    /// The attachments outlive it.
    MailSource(const MailDraft& draft, const MailTransport& transport);

    std::uint64_t size() const noexcept { return size_; }
    /// Whether there is something in it that only 8BITMIME lets through.
    bool is_eight_bit() const noexcept { return eight_bit_; }

    /// The next piece, which holds until the next call; empty at the end.  Throws what reading an
    /// attachment throws.
    std::string_view next();

private:
    std::string_view next_of(const MailAttachment& attachment);

    const std::vector<MailAttachment>& attachments_;
    std::vector<MailPiece> pieces_;
    std::uint64_t size_ = 0;
    bool eight_bit_ = false;
    std::size_t piece_ = 0;
    std::uint64_t offset_ = 0;  // in the attachment
    std::string encoded_;
};

}  // namespace nettool::proto
