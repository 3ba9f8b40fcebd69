// The part of the client's dialog that is about messages: MAIL, RCPT, DATA, one by one or many at a
// time (RFC 5321 §3.3, RFC 2920).

#include "nettool/proto/mail/smtp_client_dialog.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace nettool::proto {

using Kind = SmtpFailure::Kind;

namespace {

// So few that neither their text nor the answers fill what the system holds, for then both sides
// would wait for the other to read (RFC 2920 §3.1).
constexpr std::size_t most_unanswered = 100, few_unanswered = 10;
constexpr unsigned go_ahead = 354;

}  // namespace

bool SmtpClientDialog::Mail::is_hopeless() const noexcept {
    const bool refused = said_mail && !begun && refusal;
    return refused || (answered == order.to.size() && accepted == 0);
}

std::optional<SmtpFailure> SmtpClientDialog::local_refusal(const MailOrder& order) const {
    SmtpFailure failure;
    failure.step = SmtpStep::mail;
    if (capabilities_.max_size > 0 && order.size > capabilities_.max_size)
        failure.text = fmt::format("the message has {} bytes, and the server takes {}", order.size,
                                   capabilities_.max_size);
    else if (order.utf8 && !capabilities_.utf8)
        failure.text = "the server takes no addresses beyond ASCII (SMTPUTF8)";
    else if (order.eight_bit && !capabilities_.eight_bit)
        failure.text = "the server takes no text beyond ASCII (8BITMIME)";
    if (failure.text.empty()) return std::nullopt;
    return failure;
}

void SmtpClientDialog::begin(MailOrder order) {
    if (closed_ || quits_) return;
    auto& mail = mails_.emplace_back();
    for (const auto& path : order.to) mail.outcome.recipients.push_back({path, {}});
    mail.refusal = local_refusal(order);
    mail.cannot_be_sent = mail.refusal.has_value();
    mail.order = std::move(order);
    advance();
}

void SmtpClientDialog::say_mail(const MailOrder& order) {
    auto line = "MAIL FROM:<" + to_string(order.from) + ">";
    if (capabilities_.size) line += fmt::format(" SIZE={}", order.size);
    if (order.eight_bit) line += " BODY=8BITMIME";
    if (order.utf8) line += " SMTPUTF8";
    say(line, Command::mail);
}

// Says what may be said of the last message; it is not the only one only if nobody minds.
void SmtpClientDialog::advance() {
    if (mails_.empty() || closed_) return;
    if (mails_.front().cannot_be_sent) return finish_mail(mails_.front().refusal);
    auto& mail = mails_.back();
    if (mail.cannot_be_sent) return;
    const bool many = may_pipeline();
    if (many && expected_.size() > few_unanswered) return;
    const auto most = many ? most_unanswered : 1;
    while (expected_.size() < most) {
        if (std::exchange(needs_reset_, false)) {
            say("RSET", Command::reset);
        } else if (!mail.said_mail) {
            mail.said_mail = true;
            say_mail(mail.order);
        } else if (mail.asked < mail.order.to.size()) {
            say("RCPT TO:<" + to_string(mail.order.to[mail.asked++]) + ">", Command::rcpt);
        } else if (!mail.said_data) {
            mail.said_data = true;
            say("DATA", Command::data);
        } else {
            return;
        }
    }
}

// After an answer: goes on, or ends where there is nothing to hope for.
void SmtpClientDialog::settle() {
    auto& mail = mails_.back();
    if (!mail.is_hopeless()) return advance();
    if (mail.said_data || !expected_.empty()) return;  // more answers are to come
    needs_reset_ = mail.begun;
    finish_mail(mail.refusal);
}

void SmtpClientDialog::on_mail(const SmtpReply& reply) {
    if (!reply.is_done() && !reply.is_refusal()) return on_nonsense(SmtpStep::mail, reply);
    auto& mail = mails_.back();
    mail.begun = reply.is_done();
    if (!mail.begun) mail.refusal = failure_of(SmtpStep::mail, reply);
    settle();
}

void SmtpClientDialog::on_recipient(const SmtpReply& reply) {
    if (!reply.is_done() && !reply.is_refusal()) return on_nonsense(SmtpStep::rcpt, reply);
    auto& mail = mails_.back();
    auto& recipient = mail.outcome.recipients[mail.answered++];
    // What it says of recipients after it has refused the sender says nothing of them.
    if (mail.begun) recipient.reply = reply;
    if (mail.begun && reply.is_done()) ++mail.accepted;
    if (reply.is_refusal() && !mail.refusal) mail.refusal = failure_of(SmtpStep::rcpt, reply);
    settle();
}

void SmtpClientDialog::on_data(const SmtpReply& reply) {
    auto& mail = mails_.back();
    if (reply.code == go_ahead) {
        if (!mail.is_hopeless()) {
            message_due_ = true;
            return;
        }
        // The server waits for a message to nobody: it gets an empty one (RFC 2920 §3.1).
        return say(".", Command::lone_dot);
    }
    if (!reply.is_refusal()) return on_nonsense(SmtpStep::data, reply);
    needs_reset_ = mail.begun;
    finish_mail(mail.is_hopeless() ? mail.refusal : failure_of(SmtpStep::data, reply));
}

void SmtpClientDialog::message_sent() {
    message_due_ = false;
    expected_.push_back(Command::message);
}

void SmtpClientDialog::on_message(const SmtpReply& reply) {
    if (!reply.is_done() && !reply.is_refusal()) {
        expected_.push_front(Command::message);  // nobody knows what has become of it
        return on_nonsense(SmtpStep::message, reply);
    }
    mails_.front().outcome.reply = reply;
    if (reply.is_done()) return finish_mail(std::nullopt);
    finish_mail(failure_of(SmtpStep::message, reply));
}

void SmtpClientDialog::finish_mail(std::optional<SmtpFailure> failure) {
    auto outcome = std::move(mails_.front().outcome);
    outcome.failure = std::move(failure);
    outcomes_.push_back(std::move(outcome));
    mails_.pop_front();
    advance();
}

void SmtpClientDialog::fail_mails(const SmtpFailure& failure) {
    const auto waits = std::ranges::find(expected_, Command::message) != expected_.end();
    for (bool first = true; !mails_.empty(); first = false) {
        auto outcome = std::move(mails_.front().outcome);
        mails_.pop_front();
        outcome.failure = failure;
        // A server that says 421 has not taken it (§3.8).
        outcome.failure->may_have_gone = first && waits && failure.kind != Kind::refused;
        outcomes_.push_back(std::move(outcome));
    }
}

std::optional<MailOutcome> SmtpClientDialog::take_outcome() {
    if (outcomes_.empty()) return std::nullopt;
    auto outcome = std::move(outcomes_.front());
    outcomes_.pop_front();
    return outcome;
}

}  // namespace nettool::proto
