#pragma once
// What send-mail says of each message, of each of its recipients, and of the dialog.

#include "nettool/proto/mail/smtp_client_dialog.hpp"
#include "nettool/proto/mail/transcript.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace nettool::commands {

struct SentRecipient {
    static constexpr std::string_view event = "recipient";
    std::string address;
    bool accepted = false;
    unsigned code = 0;  // zero: it was not asked for
    std::string enhanced;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(SentRecipient, (), (address, accepted, code, enhanced, text))

struct SentMail {
    static constexpr std::string_view event = "sent";
    std::string message_id;
    std::string server;
    unsigned recipients = 0;  // that were accepted
    unsigned refused = 0;
    std::uint64_t size_bytes = 0;
    unsigned code = 0;
    std::string enhanced;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(SentMail, (),
                      (message_id, server, recipients, refused, size_bytes, code, enhanced, text))

struct FailedMail {
    static constexpr std::string_view event = "failed";
    std::string message_id;  // empty: it did not come to any message
    std::string server;
    std::string step;
    unsigned code = 0;
    std::string enhanced;
    bool temporary = false;
    bool may_have_gone = false;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(FailedMail, (),
                      (message_id, server, step, code, enhanced, temporary, may_have_gone, text))

struct DialogLine {
    static constexpr std::string_view event = "dialog";
    std::uint64_t number = 0;
    std::string time;
    std::string speaker;
    std::string text;
    std::string meaning;
    std::string source;
};
BOOST_DESCRIBE_STRUCT(DialogLine, (), (number, time, speaker, text, meaning, source))

/// Of --dry-run: a piece of the message as it would be sent.
struct MailText {
    static constexpr std::string_view event = "content";
    std::string text;
};
BOOST_DESCRIBE_STRUCT(MailText, (), (text))

std::string print(const SentRecipient& recipient);
std::string print(const SentMail& sent);
std::string print(const FailedMail& failed);
std::string print(const DialogLine& line);
std::string print(const MailText& text);

SentRecipient recipient_of(const proto::MailOutcome::Recipient& recipient);
FailedMail failed_of(const proto::SmtpFailure& failure, std::string server, std::string id);
DialogLine line_of(const proto::TranscriptLine& line);

}  // namespace nettool::commands
