#pragma once
// The client's half of SMTP as a state machine (RFC 5321 §3, §4): replies go in, commands come out.

#include "nettool/proto/mail/path.hpp"
#include "nettool/proto/mail/sasl_client.hpp"
#include "nettool/proto/mail/smtp_capabilities.hpp"
#include "nettool/proto/mail/smtp_reply.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

enum class SmtpStep { connect, greeting, hello, start_tls, auth, mail, rcpt, data, message, quit };

/// `connect`, `greeting`, …, `quit`.
std::string_view to_string(SmtpStep step) noexcept;

/// Why something did not happen.
struct SmtpFailure {
    enum class Kind {
        refused,   // the server said no, or cannot what is needed
        insecure,  // to go on would show what is to stay secret
        lost,      // the connection is gone, or was never there
        malformed  // what came is no SMTP
    };

    Kind kind = Kind::refused;
    SmtpStep step = SmtpStep::connect;
    unsigned code = 0;            // of the reply; zero where there was none
    std::string enhanced;         // 5.7.8
    std::string text;             // the server's, as it came, or ours
    bool temporary = false;       // it may work later
    bool may_have_gone = false;   // the whole message was sent, and nothing was heard of it
    bool keeps_password = false;  // because others could have got the password
};

SmtpFailure failure_of(SmtpStep step, const SmtpReply& reply);

struct SmtpClientSettings {
    enum class Tls { never, if_offered, always };

    std::string name = "localhost";  // what we call ourselves
    Tls tls = Tls::if_offered;       // through STARTTLS
    bool is_secure = false;          // TLS with somebody known is spoken from the beginning
    bool is_encrypted = false;       // TLS is spoken from the beginning
    std::optional<Login> login;
    bool shows_secrets = false;  // they may be sent whoever listens
};

/// One message as its envelope has it.
struct MailOrder {
    MailPath from;
    std::vector<MailPath> to;
    std::uint64_t size = 0;  // in octets, without the dots that DATA adds
    bool eight_bit = false;
    bool utf8 = false;
};

struct MailOutcome {
    struct Recipient {
        MailPath path;
        SmtpReply reply;  // its code is zero where none came
        bool accepted() const noexcept { return reply.is_done(); }
    };
    std::vector<Recipient> recipients;
    SmtpReply reply;                     // to the end of the message
    std::optional<SmtpFailure> failure;  // nobody has got it
};

/// Pure: the session writes what take_text() gives, then does what next() says.
class SmtpClientDialog {
public:
    enum class Next {
        reply,      // wait for one; then on_reply()
        start_tls,  // shake hands; then on_tls() or fail()
        message,    // send it with the dot that ends it; then message_sent()
        mail,       // nothing is under way: begin() or quit()
        closed,
    };

    explicit SmtpClientDialog(SmtpClientSettings settings);

    Next next() const noexcept;
    std::string take_text();
    /// What next()'s reply answers.
    SmtpStep step() const noexcept;

    void on_reply(const SmtpReply& reply);
    /// TLS is spoken; `known`: with whom it should be.
    void on_tls(bool known);
    /// It cannot go on; all that is under way has failed.
    void fail(SmtpFailure failure);

    /// While next() is `mail`, or right after message_sent() if may_pipeline().
    void begin(MailOrder order);
    bool may_pipeline() const noexcept { return capabilities_.pipelining; }
    void message_sent();
    /// After all messages; at once, or right after message_sent() if may_pipeline().
    void quit();

    const SmtpCapabilities& capabilities() const noexcept { return capabilities_; }
    /// Of the messages begun, in their order; nothing while the next one is under way.
    std::optional<MailOutcome> take_outcome();
    /// Why there was no message at all, or no more.
    const std::optional<SmtpFailure>& failure() const noexcept { return failure_; }
    const std::optional<LoginMechanism>& logged_in() const noexcept { return logged_in_; }

private:
    enum class Command {
        greeting,
        ehlo,
        helo,
        start_tls,
        auth,
        mail,
        rcpt,
        data,
        message,
        lone_dot,
        reset,
        quit
    };
    struct Mail {
        MailOrder order;
        MailOutcome outcome;
        std::size_t asked = 0;     // recipients that RCPT has been sent for
        std::size_t answered = 0;  // of them
        std::size_t accepted = 0;
        bool said_mail = false;
        bool begun = false;  // the server has taken MAIL
        bool said_data = false;
        std::optional<SmtpFailure> refusal;  // the first one
        bool cannot_be_sent = false;         // to this server: it is not even tried
        bool is_hopeless() const noexcept;
    };

    static SmtpStep step_of(Command command) noexcept;
    void say(std::string_view line, Command command);
    void obey(Command command, const SmtpReply& reply);
    void after_hello();
    void begin_auth();
    std::string no_mechanism() const;
    void try_mechanism();
    void on_greeting(const SmtpReply& reply);
    void on_hello(const SmtpReply& reply, Command command);
    void on_start_tls(const SmtpReply& reply);
    void on_auth(const SmtpReply& reply);
    void on_auth_refused(const SmtpReply& reply);
    void give_up(SmtpFailure failure);
    void give_up(SmtpFailure::Kind kind, SmtpStep step, std::string text);
    void on_nonsense(SmtpStep step, const SmtpReply& reply);

    // smtp_client_mail.cpp
    std::optional<SmtpFailure> local_refusal(const MailOrder& order) const;
    void say_mail(const MailOrder& order);
    void advance();
    void settle();
    void on_mail(const SmtpReply& reply);
    void on_recipient(const SmtpReply& reply);
    void on_data(const SmtpReply& reply);
    void on_message(const SmtpReply& reply);
    void finish_mail(std::optional<SmtpFailure> failure);
    void fail_mails(const SmtpFailure& failure);

    SmtpClientSettings settings_;
    SmtpCapabilities capabilities_;
    std::string text_;
    std::deque<Command> expected_;  // the answers that are still to come
    bool shakes_hands_ = false;
    bool message_due_ = false;
    bool closed_ = false;
    bool quits_ = false;
    bool tried_tls_ = false;
    bool needs_reset_ = false;  // a transaction was begun and never ended
    std::optional<SaslClient> sasl_;
    std::vector<LoginMechanism> mechanisms_;  // that are left to be tried
    unsigned tries_ = 0;                      // of them
    bool cancelled_ = false;
    std::optional<LoginMechanism> logged_in_;
    std::deque<Mail> mails_;  // at most two: one whose end is not answered, and the next
    std::deque<MailOutcome> outcomes_;
    std::optional<SmtpFailure> failure_;
};

}  // namespace nettool::proto
