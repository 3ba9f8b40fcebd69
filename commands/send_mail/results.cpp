#include "results.hpp"

#include "nettool/base/text.hpp"
#include "nettool/proto/mail/mail_record.hpp"

#include <utility>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

// `550 5.1.1 no such mailbox`
std::string answer(unsigned code, const std::string& enhanced, const std::string& text) {
    std::string words = code > 0 ? std::to_string(code) : std::string();
    append_joined(words, " ", escaped(enhanced));
    append_joined(words, " ", escaped(text));
    return words;
}

std::string_view refusal_words(std::string_view step) {
    using proto::SmtpStep;
    if (step == to_string(SmtpStep::greeting)) return "does not want to talk";
    if (step == to_string(SmtpStep::hello)) return "does not greet back";
    if (step == to_string(SmtpStep::start_tls)) return "does not speak TLS";
    if (step == to_string(SmtpStep::auth)) return "does not let us in";
    if (step == to_string(SmtpStep::mail)) return "refuses the sender or the message";
    if (step == to_string(SmtpStep::rcpt)) return "refuses every recipient";
    if (step == to_string(SmtpStep::data)) return "does not want the message";
    if (step == to_string(SmtpStep::message)) return "refuses the message";
    return "does not answer";
}

}  // namespace

std::string print(const SentRecipient& recipient) {
    return fmt::format(
        "{}: {}, {}", escaped(recipient.address), recipient.accepted ? "accepted" : "refused",
        recipient.code > 0 ? answer(recipient.code, recipient.enhanced, recipient.text)
                           : std::string("not asked for"));
}

std::string print(const SentMail& sent) {
    const auto refused = sent.refused > 0 ? fmt::format(", {} refused", sent.refused) : "";
    std::string what = "sent";
    append_joined(what, " ", escaped(sent.message_id));
    return fmt::format("{} to {}: {} recipient{}{}, {} bytes; {}", what, escaped(sent.server),
                       sent.recipients, sent.recipients == 1 ? "" : "s", refused, sent.size_bytes,
                       answer(sent.code, sent.enhanced, sent.text));
}

std::string print(const FailedMail& failed) {
    std::string text;
    if (failed.code > 0)
        text = escaped(failed.server) + " " + std::string(refusal_words(failed.step)) + ": " +
               answer(failed.code, failed.enhanced, failed.text);
    else if (failed.text.find(failed.server) == failed.text.npos)
        text = escaped(failed.server) + ": " + escaped(failed.text);
    else
        text = escaped(failed.text);
    if (failed.may_have_gone) text += "; the message may have been delivered: not sent again";
    return text;
}

std::string print(const DialogLine& line) {
    const proto::DialogLine plain{line.number, line.time,    line.speaker,
                                  line.text,   line.meaning, line.source};
    return dialog_text(plain, fmt::format("{:>3}", line.number));
}

std::string print(const MailText& text) {
    auto lines = text.text;
    for (std::size_t at = 0; (at = lines.find("\r\n", at)) != lines.npos;) lines.erase(at, 1);
    while (lines.ends_with('\n')) lines.pop_back();
    Escaper escaper;
    return escaper.feed(lines) + escaper.flush();
}

SentRecipient recipient_of(const proto::MailOutcome::Recipient& recipient) {
    SentRecipient said;
    said.address = to_string(recipient.path);
    said.accepted = recipient.accepted();
    said.code = recipient.reply.code;
    said.enhanced = recipient.reply.enhanced();
    said.text = recipient.reply.text();
    return said;
}

FailedMail failed_of(const proto::SmtpFailure& failure, std::string server, std::string id) {
    FailedMail failed;
    failed.message_id = std::move(id);
    failed.server = std::move(server);
    failed.step = to_string(failure.step);
    failed.code = failure.code;
    failed.enhanced = failure.enhanced;
    failed.temporary = failure.temporary;
    failed.may_have_gone = failure.may_have_gone;
    failed.text = failure.text;
    return failed;
}

DialogLine line_of(const proto::TranscriptLine& line) {
    auto said = proto::dialog_line(line);
    return {said.number,          std::move(said.time),    std::move(said.speaker),
            std::move(said.text), std::move(said.meaning), std::move(said.source)};
}

}  // namespace nettool::commands
