#pragma once
// The mails of a mailbox in short, read from the disk once each.

#include "opened_mail.hpp"

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace nettool::commands {

/// Used by several threads; everything blocks, and throws Failure (local).
class MailIndex {
public:
    explicit MailIndex(std::string directory) : mailbox_(std::move(directory)) {}

    const smtp::Mailbox& mailbox() const noexcept { return mailbox_; }

    struct Wanted {
        std::string
            query;  // part of sender, recipient, subject or a file's name, in any ASCII case
        std::string before;  // only what is older than this one
        std::size_t limit = 100;
    };
    struct Found {
        std::vector<Mail> mails;  // the newest first
        std::size_t total = 0;    // in the mailbox
        bool is_known = true;     // Wanted::before is there
    };
    Found list(const Wanted& wanted);

    struct Place {
        smtp::StoredMail mail;
        std::uint64_t number;
    };
    std::optional<Place> place_of(std::string_view id) const;

    void remove(const smtp::StoredMail& mail);
    void add(const Mail& mail);

private:
    std::optional<Mail> summary(const smtp::StoredMail& stored, std::uint64_t number);
    std::optional<Mail> read(const smtp::StoredMail& stored, std::uint64_t number) const;

    smtp::Mailbox mailbox_;
    std::mutex mutex_;
    std::unordered_map<std::string, Mail> known_;  // by their ids
};

}  // namespace nettool::commands
