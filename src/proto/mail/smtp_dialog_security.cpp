// The part of the server's dialog that is about who listens and who speaks: STARTTLS and AUTH
// (RFC 3207, RFC 4954).

#include "nettool/base/ascii.hpp"
#include "nettool/proto/mail/smtp_dialog.hpp"

namespace nettool::proto {

using Step = SmtpDialog::Step;
using Next = SmtpDialog::Next;

Step SmtpDialog::start_tls(std::string_view argument) {
    if (!argument.empty()) return refused(501, "5.5.4 STARTTLS stands alone");
    if (tls_) return refused(503, "5.5.1 it is TLS already");
    if (!settings_.offers_tls) return refused(502, "5.5.1 there is no TLS here");
    auto step = done(220, "2.0.0 begin");
    step.next = Next::start_tls;
    return step;
}

void SmtpDialog::on_tls() {
    tls_ = true;
    client_.clear();
    extended_ = false;
    user_.clear();
    authenticated_ = false;
    sasl_.reset();
    forget_mail();
}

Step SmtpDialog::auth(std::string_view argument) {
    if (!extended_) return refused(503, "5.5.1 say EHLO first");
    if (!offers_auth()) return refused(538, "5.7.11 not without TLS");
    if (authenticated_) return refused(503, "5.5.1 you are in already");
    if (envelope_) return refused(503, "5.5.1 not in the middle of a message");
    const auto space = argument.find(' ');
    const auto mechanism = parse_sasl_mechanism(argument.substr(0, space));
    if (argument.empty()) return refused(501, "5.5.4 AUTH how?");
    if (!mechanism) return refused(504, "5.5.4 not that way");
    const auto initial =
        space == argument.npos ? std::string_view() : without_blanks(argument.substr(space));
    const auto nonce = settings_.new_nonce ? settings_.new_nonce() : "<0@" + settings_.host + ">";
    sasl_.emplace(*mechanism, settings_.users, nonce);
    return on_auth(sasl_->begin(initial));
}

Step SmtpDialog::on_auth(const SaslServer::Step& step) {
    using Verdict = SaslServer::Verdict;
    if (step.verdict == Verdict::challenge) return {{334, {step.challenge}}, Next::auth};
    const auto user = sasl_->user();
    sasl_.reset();
    switch (step.verdict) {
        case Verdict::challenge:
        case Verdict::accepted: break;
        case Verdict::refused: return refused(535, "5.7.8 user or password is wrong");
        case Verdict::cancelled: return refused(501, "5.7.0 given up");
        case Verdict::malformed: return refused(501, "5.5.2 that is no answer");
    }
    user_ = user;
    authenticated_ = true;
    return done(235, "2.7.0 come in");
}

}  // namespace nettool::proto
