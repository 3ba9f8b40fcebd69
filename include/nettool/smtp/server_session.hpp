#pragma once
// The server's end of an SMTP connection: reads lines and messages, says what the dialog answers,
// and goes over to TLS on the same connection.

#include "nettool/net/input.hpp"
#include "nettool/net/stream.hpp"
#include "nettool/proto/fault_rules.hpp"
#include "nettool/proto/mail/mail_data.hpp"
#include "nettool/proto/mail/smtp_dialog.hpp"
#include "nettool/proto/mail/transcript.hpp"
#include "nettool/smtp/mail_store.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace nettool::smtp {

/// A message as it is handed over to be stored.
struct Received {
    const proto::MailEnvelope& envelope;
    const proto::SmtpDialog& dialog;
    const proto::Transcript& transcript;
    const std::string& protocol;  // `ESMTPSA` (RFC 3848)
    const std::string& tls;       // `TLSv1.3 TLS_AES_256_GCM_SHA384`; empty without
    proto::DataDefects defects;
    std::uint64_t size = 0;
};

struct SessionSettings {
    proto::SmtpSettings smtp;
    std::optional<proto::SmtpReply> greeting;  // instead of the usual one; then it is over
    bool strict = false;                       // lines must end with CR LF
    std::chrono::milliseconds idle{300'000};   // a silence (RFC 5321 §4.5.3.2.7); zero: for ever
    std::chrono::milliseconds command_time{60'000};     // for all of one command, however it drips
    std::chrono::milliseconds message_time{3'600'000};  // for all of one message
    std::size_t max_command = 2048;                     // octets of a line, its end included
    std::function<net::TlsContext()> tls;               // asked when STARTTLS is
};

/// What the session is part of.
struct SessionParts {
    MailStore* store = nullptr;  // null: what comes is thrown away
    /// The envelope as it is to stand beside the message.
    std::function<std::string(const Received&)> envelope_text;
    /// Each line of the dialog as it is said.
    std::function<void(const proto::TranscriptLine&)> said;
    /// A message has been stored, or would have been without a store; its client has been told.
    std::function<void(const MailStore::Kept&, const Received&)> stored;
    /// A message could not be stored.
    std::function<void(error_code)> not_stored;
    proto::FaultRules* faults = nullptr;
};

/// What the rules of --inject may ask for: each is there in the step that is called so, `command`
/// in all but the end of a message.  `message` is its first 1000 bytes.
inline constexpr std::string_view fault_fields[] = {"client", "command", "helo",
                                                    "mail",   "rcpt",    "message"};

/// Lives on the connection's strand.
class ServerSession {
public:
    ServerSession(net::Stream& stream, SessionSettings settings, SessionParts parts);

    ServerSession(const ServerSession&) = delete;
    ServerSession& operator=(const ServerSession&) = delete;
    ~ServerSession();

    /// Until the client has said goodbye, or the connection is over; a request to stop ends it
    /// between two commands.  Throws what `parts` throw, and operation_aborted when it is to drop
    /// everything.
    awaitable<void> run();

private:
    using Step = proto::SmtpDialog::Step;
    class Body;
    struct Injected {
        bool lost = false;  // the connection is to be given up
        std::optional<proto::SmtpReply> reply;
    };

    /// Whether anybody will see the dialog.
    bool is_recorded() const noexcept { return parts_.said || parts_.store; }
    void note(const proto::TranscriptLine& line) const;
    void record_reply(std::string_view wire);
    void record_message(std::uint64_t bytes);
    void record_event(std::string_view text);
    void record_end(error_code ec, std::string_view where);
    awaitable<bool> greet();
    awaitable<bool> say(const proto::SmtpReply& reply);
    awaitable<bool> flush();
    awaitable<error_code> more_commands();
    awaitable<std::optional<std::string>> read_line();
    awaitable<bool> judge(const std::string& line);
    awaitable<Injected> inject(proto::FaultRules::Field field);
    awaitable<bool> obey(const Step& step);
    void allow(std::chrono::milliseconds time);
    void allow_any_time() { deadline_ = net::Stream::Clock::time_point::max(); }
    awaitable<error_code> more();
    awaitable<error_code> more_of_message();
    awaitable<bool> receive_message();
    awaitable<bool> receive_chunk();
    awaitable<bool> receive_chunk_bytes(Body& body, std::uint64_t size);
    awaitable<bool> finish_message(std::unique_ptr<Body> body);
    awaitable<result<MailStore::Kept>> keep(std::unique_ptr<MailStore::Incoming> message,
                                            const Received& received);
    awaitable<bool> tell_stored(const MailStore::Kept& kept, const Received& received);
    proto::SmtpReply not_stored(error_code ec) const;
    awaitable<bool> begin_tls();
    void secured();
    awaitable<void> leave(unsigned code, std::string words);

    net::Stream& stream_;
    SessionSettings settings_;
    SessionParts parts_;
    net::Input input_;
    proto::SmtpDialog dialog_;
    proto::Transcript transcript_;
    std::string tls_;
    std::string unsent_;            // replies that leave together (RFC 2920 §3.2)
    std::unique_ptr<Body> chunks_;  // of BDAT
    bool too_long_line_ = false;
    net::Stream::Clock::time_point deadline_ = net::Stream::Clock::time_point::max();
};

}  // namespace nettool::smtp
