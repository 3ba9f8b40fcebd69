#include "nettool/smtp/client_session.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/proto/mail/mail_lines.hpp"
#include "nettool/smtp/disguise.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace nettool::smtp {
namespace {

using namespace std::chrono_literals;
using proto::SmtpFailure;
using proto::SmtpStep;
using Next = proto::SmtpClientDialog::Next;
using Status = proto::SmtpReplyReader::Status;

constexpr std::size_t input_bytes = 64UL * 1024;
constexpr std::size_t block_bytes = 64UL * 1024;  // of a message
constexpr auto block_time = 3min;                 // RFC 5321 §4.5.3.2.5
constexpr auto handshake_time = 1min;

void rethrow_if_aborted(error_code ec) {
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
}

// How long an answer may take (RFC 5321 §4.5.3.2).
std::chrono::milliseconds time_for(SmtpStep step) {
    switch (step) {
        case SmtpStep::message: return 10min;
        case SmtpStep::data: return 2min;
        // Everything is done by then.
        case SmtpStep::quit: return 2s;
        default: return 5min;
    }
}

}  // namespace

ClientSession::ClientSession(net::Stream& stream, ClientSettings settings, ClientParts parts)
    : stream_(stream),
      settings_(std::move(settings)),
      parts_(std::move(parts)),
      input_(stream, input_bytes),
      dialog_(settings_.smtp) {
    stream_.show_as(without_secrets(net::Side::client));
}

awaitable<std::optional<SmtpFailure>> ClientSession::run() {
    for (;;) {
        report();
        switch (dialog_.next()) {
            case Next::reply: co_await hear(); break;
            case Next::start_tls: co_await begin_tls(); break;
            case Next::message: co_await send_message(); break;
            case Next::mail:
                // What was not asked for: a server that says 421 has had enough.
                if (!input_.bytes().empty())
                    co_await hear();
                else if (!offer_mail())
                    dialog_.quit();
                break;
            case Next::closed: report(); co_return dialog_.failure();
        }
    }
}

void ClientSession::report() {
    while (const auto outcome = dialog_.take_outcome()) parts_.done(*outcome);
}

ClientSession::Time ClientSession::bounded(Time limit) const {
    return settings_.timeout.count() > 0 ? std::min(limit, settings_.timeout) : limit;
}

// Begins the next message, if there is one.
bool ClientSession::offer_mail() {
    auto mail = parts_.next_mail(dialog_.capabilities());
    if (!mail) return false;
    dialog_.begin(mail->order);
    mail_ = std::move(mail);
    return true;
}

void ClientSession::take_commands() {
    const auto text = dialog_.take_text();
    if (parts_.said) note_commands(text);
    unsent_ += text;
}

awaitable<bool> ClientSession::flush() {
    if (unsent_.empty()) co_return true;
    const auto written = co_await stream_.write(unsent_);
    unsent_.clear();
    const error_code ec = written.error();
    rethrow_if_aborted(ec);
    if (!ec) co_return true;
    if (!co_await hear_last_words()) lose(ec);
    co_return false;
}

// A server that hangs up in the middle of a message may have said why.
awaitable<bool> ClientSession::hear_last_words() {
    if (input_.bytes().empty()) {
        const auto more = co_await input_.more();
        rethrow_if_aborted(more.error());
        if (!more) co_return false;
    }
    auto left = input_.bytes();
    if (replies_.feed(left) != Status::whole) co_return false;
    const auto reply = replies_.take();
    if (reply.is_positive()) co_return false;
    dialog_.fail(proto::failure_of(dialog_.step(), reply));
    co_return true;
}

// Waits for one reply, and says what is to be said before.
awaitable<void> ClientSession::hear() {
    take_commands();
    const auto limit = bounded(time_for(dialog_.step()));
    stream_.limit_idle(limit);
    if (!co_await flush()) co_return;
    const auto begin = net::Stream::Clock::now();
    for (bool dripped = false;; dripped = true) {
        auto left = input_.bytes();
        const auto had = left.size();
        const auto status = replies_.feed(left);
        input_.take(had - left.size());
        if (status == Status::whole) {
            if (dripped) stream_.end_whenever();
            co_return hear_reply(replies_.take());
        }
        if (!judge(status)) co_return;
        // However it drips, a reply is as late as it is whole.
        if (had > 0 || dripped) stream_.end_by(begin + limit);
        // A server that writes each of many replies alone waits for our acknowledgements.
        stream_.acknowledge_quickly();
        const auto more = co_await input_.more();
        const error_code ec = more.error();
        rethrow_if_aborted(ec);
        if (ec) co_return lose(ec);
    }
}

// False once there is no sense in what comes.
bool ClientSession::judge(Status status) {
    if (status == Status::more) return true;
    SmtpFailure failure;
    failure.kind = SmtpFailure::Kind::malformed;
    failure.step = dialog_.step();
    failure.text = status == Status::too_long ? "the server's reply is too long"
                                              : "what the server says is no reply of SMTP";
    dialog_.fail(std::move(failure));
    return false;
}

void ClientSession::hear_reply(const proto::SmtpReply& reply) {
    if (parts_.said) {
        const auto wire = proto::to_wire(reply);
        for (std::string_view lines(wire); !lines.empty();)
            note(transcript_.server(proto::take_line(lines), std::chrono::system_clock::now()));
    }
    dialog_.on_reply(reply);
}

void ClientSession::lose(error_code ec) {
    SmtpFailure failure;
    failure.kind = SmtpFailure::Kind::lost;
    failure.step = dialog_.step();
    failure.temporary = true;
    failure.text = ec == asio::error::eof  ? "the server closed the connection"
                   : ec == Errc::timed_out ? "the server does not answer"
                                           : ec.message();
    dialog_.fail(std::move(failure));
}

// What the server said in the clear behind its 220 was said by anybody (RFC 3207 §5).
awaitable<void> ClientSession::begin_tls() {
    if (!input_.bytes().empty()) {
        SmtpFailure failure;
        failure.kind = SmtpFailure::Kind::insecure;
        failure.step = SmtpStep::start_tls;
        failure.text = "something was said in the clear behind the answer to STARTTLS";
        co_return dialog_.fail(std::move(failure));
    }
    stream_.limit_idle(bounded(handshake_time));
    const bool known = co_await parts_.secure(stream_);
    const auto session = stream_.tls_session();
    if (session && parts_.said)
        note(transcript_.secured(session->version, session->cipher,
                                 std::chrono::system_clock::now()));
    dialog_.on_tls(known);
}

// In blocks; what may be said behind the end leaves together with it.
awaitable<void> ClientSession::send_message() {
    proto::MailDataWriter writer;
    std::uint64_t size = 0;
    stream_.limit_idle(bounded(block_time));
    for (;;) {
        const auto piece = mail_->content();
        if (piece.empty()) break;
        size += piece.size();
        writer.feed(piece, unsent_);
        if (unsent_.size() < block_bytes) continue;
        if (!co_await flush()) co_return;
    }
    writer.finish(unsent_);
    if (parts_.said) note(transcript_.message(size, std::chrono::system_clock::now()));
    dialog_.message_sent();
    mail_.reset();
    if (dialog_.may_pipeline() && !offer_mail()) dialog_.quit();
}

void ClientSession::note_commands(std::string_view text) {
    while (!text.empty())
        note(transcript_.client(proto::take_line(text), std::chrono::system_clock::now()));
}

void ClientSession::note(const proto::TranscriptLine& line) const { parts_.said(line); }

}  // namespace nettool::smtp
