#pragma once
// The server's half of SMTP as a state machine (RFC 5321 §3, §4): lines go in, replies come out.

#include "nettool/proto/mail/path.hpp"
#include "nettool/proto/mail/sasl_server.hpp"
#include "nettool/proto/mail/smtp_command.hpp"
#include "nettool/proto/mail/smtp_reply.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nettool::proto {

struct MailEnvelope {
    struct Recipient {
        MailPath path;
        std::vector<std::pair<std::string, std::string>> parameters;
    };

    MailPath from;
    std::vector<std::pair<std::string, std::string>> parameters;  // of MAIL
    std::vector<Recipient> recipients;
    bool utf8 = false;    // SMTPUTF8
    bool binary = false;  // BODY=BINARYMIME
};

struct SmtpSettings {
    std::string host = "localhost";               // what the server calls itself
    std::uint64_t max_size = 64UL * 1024 * 1024;  // of a message
    std::size_t max_recipients = 1000;            // of a message
    unsigned max_errors = 100;                    // in a row, then 421
    bool offers_tls = true;
    bool auth_needs_tls = false;  // AUTH is offered and taken over TLS only
    bool needs_auth = false;      // MAIL is refused without
    SaslUsers users;
    std::function<std::string()> new_nonce;  // for CRAM-MD5, unique
};

/// Pure: the session does what Step::next says and comes back with what it read.
class SmtpDialog {
public:
    enum class Next {
        command,    // the next line is one
        auth,       // the next line answers a challenge
        data,       // what follows is a message up to its dot; then on_message()
        chunk,      // chunk_size() bytes follow; then on_chunk()
        start_tls,  // after the reply; then on_tls()
        close,      // after the reply
    };
    struct Step {
        SmtpReply reply;
        Next next = Next::command;
    };

    explicit SmtpDialog(SmtpSettings settings) : settings_(std::move(settings)) {}

    SmtpReply greeting() const;

    /// `line`: without its end.
    Step on_line(std::string_view line);

    /// Of Next::chunk, and whether it is to be kept; a chunk that comes at the wrong time is only
    /// read, so that what follows is a command again.
    std::uint64_t chunk_size() const noexcept { return chunk_size_; }
    bool keeps_chunk() const noexcept { return keeps_chunk_; }
    bool is_first_chunk() const noexcept { return first_chunk_; }
    bool is_last_chunk() const noexcept { return last_chunk_; }
    /// All of it has come; `too_long`: more than the limit all together.
    Step on_chunk(bool too_long);

    /// The message has come and been stored as `id`, or has not: `refusal` says why.
    Step on_message(const std::string& id, const std::optional<SmtpReply>& refusal);
    /// The message is longer than the limit; all of it has been read.
    SmtpReply too_long() const;

    /// TLS is spoken from now on, and all that was said before is forgotten (RFC 3207 §4.2).
    void on_tls();
    /// A line that is too long to be a command.
    Step on_long_line();

    const MailEnvelope& envelope() const noexcept { return *envelope_; }
    bool has_envelope() const noexcept { return envelope_.has_value(); }
    const std::string& client() const noexcept { return client_; }  // what it calls itself
    const std::string& user() const noexcept { return user_; }      // after AUTH
    bool is_tls() const noexcept { return tls_; }
    /// The next line answers a challenge.
    bool in_auth() const noexcept { return sasl_.has_value(); }
    /// `ESMTPSA` and its kin, as Received fields say it (RFC 3848, RFC 6531 §3.7.3).
    std::string protocol() const;

private:
    Step refused(unsigned code, std::string text);
    Step done(unsigned code, std::string text);
    Step hello(std::string_view name, bool extended);
    Step mail(std::string_view argument);
    std::optional<Step> judge_mail_parameter(std::string_view keyword, std::string_view value,
                                             MailEnvelope& envelope);
    Step recipient(std::string_view argument);
    std::optional<Step> judge_recipient_parameter(std::string_view keyword, std::string_view value);
    Step data(std::string_view argument);
    Step chunk(std::string_view argument);
    Step start_tls(std::string_view argument);
    Step auth(std::string_view argument);
    Step on_auth(const SaslServer::Step& step);
    bool offers_auth() const noexcept { return tls_ || !settings_.auth_needs_tls; }
    void forget_mail() noexcept;

    SmtpSettings settings_;
    std::string client_;
    bool extended_ = false;
    bool tls_ = false;
    std::string user_;
    bool authenticated_ = false;
    std::optional<SaslServer> sasl_;
    std::optional<MailEnvelope> envelope_;
    bool in_chunks_ = false;
    std::uint64_t chunk_size_ = 0;
    bool keeps_chunk_ = false;
    bool first_chunk_ = false;
    bool last_chunk_ = false;
    unsigned errors_ = 0;
};

}  // namespace nettool::proto
