#include "opened_mail.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/proto/mail/header_text.hpp"

namespace nettool::commands {
namespace {

constexpr std::size_t beginning = 64UL * 1024;

// For a message that another program has put there.
proto::MailRecord record_of(const proto::MailMessage& message) {
    proto::MailRecord record;
    record.from = message.shown("return-path");
    record.to = {message.shown("to")};
    return record;
}

}  // namespace

void fill(Mail& mail, const proto::MailRecord& record) {
    mail.received = record.received;
    mail.from = record.from;
    mail.to = record.to;
    mail.size_bytes = record.size_bytes;
    mail.protocol = record.protocol;
    mail.client_address = record.client_address;
    mail.client_name = record.client_name;
    mail.user = record.user;
    mail.tls = record.tls;
    mail.defects = record.defects;
}

OpenedMail::OpenedMail(const smtp::Mailbox& mailbox, const smtp::StoredMail& mail,
                       std::uint64_t number, std::uint64_t most)
    : OpenedMail(mailbox, mail, number, most, mailbox.record(mail)) {}

OpenedMail::OpenedMail(const smtp::Mailbox& mailbox, const smtp::StoredMail& mail,
                       std::uint64_t number, std::uint64_t most,
                       std::optional<proto::MailRecord> record)
    : mail_(mail), number_(number), size_(mailbox.size(mail)) {
    is_whole_ = size_ <= most;
    if (!is_whole_ && most == in_full)
        throw Failure(Fault::local, "message " + mail.id + " is too long to be shown");
    bytes_ = is_whole_ ? mailbox.message(mail, most) : mailbox.beginning(mail, beginning);
    message_ = proto::read_message(bytes_);
    if (!is_whole_) message_.defects.clear();  // only the cut would be one
    record_ = record ? *std::move(record) : record_of(message_);
}

void OpenedMail::fill_in(Mail& mail) const {
    fill(mail, record_);
    mail.number = number_;
    mail.id = mail_.id;
    mail.subject = message_.shown("subject");
    mail.size_bytes = size_;
    mail.seen = !mail_.is_new;
    for (const auto* part : message_.leaves())
        if (part->is_attachment) mail.attachments.push_back(part->file_name);
    mail.defects.insert(mail.defects.end(), message_.defects.begin(), message_.defects.end());
}

Mail OpenedMail::summary() const {
    Mail mail;
    fill_in(mail);
    return mail;
}

ShownMail OpenedMail::details() const {
    ShownMail mail;
    fill_in(mail);
    for (const auto& field : message_.root.fields)
        mail.headers.push_back({std::string(field.name), proto::field_decoded(field.value)});
    if (const auto* text = message_.first("text/plain")) mail.text = text->text();
    if (const auto* html = message_.first("text/html")) mail.html = html->text();
    std::uint64_t number = 0;
    for (const auto* part : message_.leaves())
        mail.parts.push_back({++number, part->type.essence, part->file_name, part->decoded().size(),
                              part->is_attachment});
    mail.dialog = record_.dialog;
    return mail;
}

}  // namespace nettool::commands
