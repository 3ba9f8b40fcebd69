#pragma once
// Stored mail as its readers see it: a Maildir that others may read and move meanwhile.

#include "nettool/proto/mail/mail_record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::smtp {

struct StoredMail {
    std::string id;    // stays the same, whatever happens to the message
    std::string path;  // relative to the mailbox: `new/ID` or `cur/ID:2,S`
    bool is_new = true;
};

class Mailbox {
public:
    explicit Mailbox(std::string directory) : directory_(std::move(directory)) {}

    /// The oldest first; what is no file is no message.  Throws Failure (local).
    std::vector<StoredMail> all() const;
    std::optional<StoredMail> find(std::string_view id) const;

    /// In bytes.  Throws Failure (local).
    std::uint64_t size(const StoredMail& mail) const;
    /// Throws Failure (local), also for more than `max_bytes`.
    std::string message(const StoredMail& mail, std::uint64_t max_bytes) const;
    /// No more than its first bytes.  Throws Failure (local).
    std::string beginning(const StoredMail& mail, std::size_t most) const;
    /// What stands beside it; nothing where another program has put it there.
    std::optional<proto::MailRecord> record(const StoredMail& mail) const;

    /// Marks it as seen; false where somebody else has done that, or it is gone.
    bool take(const StoredMail& mail) const;
    /// Message and record, wherever it has been moved to; one that is gone is no failure.  Throws
    /// Failure (local).
    void remove(const StoredMail& mail) const;

    std::string directory() const { return directory_; }

private:
    std::string path_of(const StoredMail& mail) const { return directory_ + "/" + mail.path; }
    std::string record_path(const StoredMail& mail) const;

    std::string directory_;
};

}  // namespace nettool::smtp
