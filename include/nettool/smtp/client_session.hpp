#pragma once
// The client's end of an SMTP connection: says what the dialog wants said, goes over to TLS on the
// same connection, and sends messages piece by piece.

#include "nettool/net/input.hpp"
#include "nettool/net/stream.hpp"
#include "nettool/proto/mail/mail_data.hpp"
#include "nettool/proto/mail/smtp_client_dialog.hpp"
#include "nettool/proto/mail/transcript.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::smtp {

/// The next piece of a message, which holds until the next call; empty at the end.
using Content = std::function<std::string_view()>;

struct OutgoingMail {
    proto::MailOrder order;
    Content content;
};

struct ClientSettings {
    proto::SmtpClientSettings smtp;
    std::chrono::milliseconds timeout{0};  // of every step, if that is shorter than RFC 5321 has it
};

/// What the session is part of.
struct ClientParts {
    /// Shakes hands; whether it is known who is at the other end.  Throws what ends the session.
    std::function<awaitable<bool>(net::Stream&)> secure;
    /// The next message for this server, if there is one; may throw.
    std::function<std::optional<OutgoingMail>(const proto::SmtpCapabilities&)> next_mail;
    /// What became of the messages, in their order.
    std::function<void(const proto::MailOutcome&)> done;
    /// Each line of the dialog as it is said; may be empty, and then nobody pays for it.
    std::function<void(const proto::TranscriptLine&)> said;
};

/// Lives on the connection's strand.
class ClientSession {
public:
    ClientSession(net::Stream& stream, ClientSettings settings, ClientParts parts);

    /// From the greeting to the goodbye.  Why it did not come that far, or not to any message.
    /// Throws what `parts` throw, and operation_aborted when cancelled.
    awaitable<std::optional<proto::SmtpFailure>> run();

private:
    using Time = std::chrono::milliseconds;

    awaitable<void> hear();
    awaitable<void> begin_tls();
    awaitable<void> send_message();
    bool offer_mail();
    void report();
    awaitable<bool> flush();
    void take_commands();
    void hear_reply(const proto::SmtpReply& reply);
    bool judge(proto::SmtpReplyReader::Status status);
    void lose(error_code ec);
    awaitable<bool> hear_last_words();
    Time bounded(Time limit) const;
    void note_commands(std::string_view text);
    void note(const proto::TranscriptLine& line) const;

    net::Stream& stream_;
    ClientSettings settings_;
    ClientParts parts_;
    net::Input input_;
    proto::SmtpClientDialog dialog_;
    proto::SmtpReplyReader replies_;
    proto::Transcript transcript_;
    std::optional<OutgoingMail> mail_;  // whose turn it is
    std::string unsent_;
};

}  // namespace nettool::smtp
