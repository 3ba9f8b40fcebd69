#pragma once
// A stored message, read and understood.

#include "nettool/proto/mail/mail_message.hpp"
#include "nettool/smtp/mailbox.hpp"
#include "results.hpp"

namespace nettool::commands {

/// What the record knows of it.
void fill(Mail& mail, const proto::MailRecord& record);

class OpenedMail {
public:
    /// Of a longer message only the beginning is read: its header, most likely.
    static constexpr std::uint64_t in_short = 1024UL * 1024;
    static constexpr std::uint64_t in_full = 1UL << 30;

    /// `number`: its place in the mailbox.  Throws Failure (local), for a longer one too if it is
    /// to be read in full.
    OpenedMail(const smtp::Mailbox& mailbox, const smtp::StoredMail& mail, std::uint64_t number,
               std::uint64_t most);
    /// For who knows what stands beside it; nothing where nothing does.
    OpenedMail(const smtp::Mailbox& mailbox, const smtp::StoredMail& mail, std::uint64_t number,
               std::uint64_t most, std::optional<proto::MailRecord> record);
    OpenedMail(const OpenedMail&) = delete;
    OpenedMail& operator=(const OpenedMail&) = delete;

    Mail summary() const;
    ShownMail details() const;

    const std::string& bytes() const noexcept { return bytes_; }
    const proto::MailMessage& message() const noexcept { return message_; }

private:
    void fill_in(Mail& mail) const;

    smtp::StoredMail mail_;
    std::uint64_t number_;
    std::string bytes_;
    bool is_whole_ = true;
    std::uint64_t size_ = 0;
    proto::MailRecord record_;
    proto::MailMessage message_;
};

}  // namespace nettool::commands
