#pragma once
// The options that make the message, and the message they make.

#include "nettool/base/unique_descriptor.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/proto/mail/mail_source.hpp"
#include "nettool/proto/mail/path.hpp"
#include "nettool/smtp/client_session.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nettool::commands {

/// A file whose bytes are sent as they are, read where they are wanted: nobody holds all of them.
class MailFile {
public:
    /// `-` is standard input; what is no regular file is read to its end, into memory.  Throws
    /// Failure (local).
    static awaitable<std::shared_ptr<MailFile>> open(cli::Context& context, std::string path);

    const std::string& path() const noexcept { return path_; }
    std::uint64_t size() const noexcept { return size_; }
    /// Throws Failure (local), also where the file has become shorter.
    std::string read(std::uint64_t offset, std::size_t count) const;

private:
    std::string path_;
    std::uint64_t size_ = 0;
    UniqueDescriptor file_;  // none: it is in memory
    std::string memory_;
};

class Letter {
public:
    void declare(cli::OptionSet& options);

    /// Throws UsageError for what must not be sent, Failure (local) for files.
    awaitable<void> compose(cli::Context& context);

    /// Who sends it, where nothing else is said and this is an address.
    void sent_by(const std::string& user) {
        if (from_text_.empty() && user.find('@') != user.npos) from_text_ = user;
    }
    const proto::MailPath& from() const noexcept { return from_path_; }
    /// Each once, those of --bcc too.
    const std::vector<proto::MailPath>& recipients() const noexcept { return recipients_; }

    /// As it goes to these recipients through such a server; the letter outlives it.
    smtp::OutgoingMail mail(const std::vector<proto::MailPath>& to, const std::string& message_id,
                            const proto::SmtpCapabilities& server) const;

    /// Of the `number`th message; the user's own, if there is one.
    std::string message_id(std::uint64_t number) const;
    void set_host(std::string host) { host_ = std::move(host); }

private:
    void check_text(std::string_view option, const std::string& text) const;
    void address();
    std::vector<proto::MailPerson> people(std::string_view option,
                                          const std::vector<std::string>& lists);
    void add_header(const std::string& line);
    awaitable<void> read_texts(cli::Context& context);
    awaitable<void> attach(cli::Context& context, std::string path);
    void check_raw(cli::Context& context);
    void look_at_head(cli::Context& context, std::string_view head);
    smtp::OutgoingMail raw_mail() const;

    std::string from_text_;
    std::vector<std::string> to_, cc_, bcc_;
    std::string subject_;
    std::optional<std::string> body_;
    std::string body_file_, html_file_, raw_file_;
    std::vector<std::string> attachments_, headers_;

    proto::MailDraft draft_;
    proto::MailPath from_path_;
    std::vector<proto::MailPath> recipients_;
    std::shared_ptr<MailFile> raw_;
    bool raw_is_eight_bit_ = false;
    std::uint64_t raw_size_ = 0;
    std::string host_ = "localhost";
    std::string unique_;
    std::string own_id_;
};

}  // namespace nettool::commands
