#include "nettool/proto/mail/smtp_client_dialog.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace nettool::proto {

using Kind = SmtpFailure::Kind;

namespace {

constexpr std::size_t longest_auth_line = 12'288;  // RFC 4954 §4
constexpr unsigned ready = 220, closes = 421, challenge = 334;

// How servers say that they are too old for EHLO (RFC 5321 §3.2).
bool knows_no_ehlo(unsigned code) {
    constexpr std::array codes = {500U, 501U, 502U, 504U, 550U};
    return std::ranges::find(codes, code) != codes.end();
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace

std::string_view to_string(SmtpStep step) noexcept {
    switch (step) {
        case SmtpStep::connect: return "connect";
        case SmtpStep::greeting: return "greeting";
        case SmtpStep::hello: return "hello";
        case SmtpStep::start_tls: return "starttls";
        case SmtpStep::auth: return "auth";
        case SmtpStep::mail: return "mail";
        case SmtpStep::rcpt: return "rcpt";
        case SmtpStep::data: return "data";
        case SmtpStep::message: return "message";
        case SmtpStep::quit: return "quit";
    }
    return {};
}

SmtpFailure failure_of(SmtpStep step, const SmtpReply& reply) {
    SmtpFailure failure;
    failure.step = step;
    failure.code = reply.code;
    failure.enhanced = reply.enhanced();
    failure.text = reply.text();
    failure.temporary = reply.is_temporary();
    return failure;
}

SmtpClientDialog::SmtpClientDialog(SmtpClientSettings settings) : settings_(std::move(settings)) {
    expected_.push_back(Command::greeting);
}

SmtpClientDialog::Next SmtpClientDialog::next() const noexcept {
    if (closed_) return Next::closed;
    if (shakes_hands_) return Next::start_tls;
    if (message_due_) return Next::message;
    return expected_.empty() ? Next::mail : Next::reply;
}

std::string SmtpClientDialog::take_text() { return std::exchange(text_, {}); }

SmtpStep SmtpClientDialog::step_of(Command command) noexcept {
    switch (command) {
        case Command::greeting: return SmtpStep::greeting;
        case Command::ehlo:
        case Command::helo: return SmtpStep::hello;
        case Command::start_tls: return SmtpStep::start_tls;
        case Command::auth: return SmtpStep::auth;
        case Command::reset:
        case Command::mail: return SmtpStep::mail;
        case Command::rcpt: return SmtpStep::rcpt;
        case Command::data: return SmtpStep::data;
        case Command::message:
        case Command::lone_dot: return SmtpStep::message;
        case Command::quit: return SmtpStep::quit;
    }
    return SmtpStep::connect;
}

SmtpStep SmtpClientDialog::step() const noexcept {
    if (shakes_hands_) return SmtpStep::start_tls;
    if (message_due_) return SmtpStep::message;
    return expected_.empty() ? SmtpStep::mail : step_of(expected_.front());
}

void SmtpClientDialog::say(std::string_view line, Command command) {
    text_.append(line).append("\r\n");
    expected_.push_back(command);
}

void SmtpClientDialog::on_reply(const SmtpReply& reply) {
    if (closed_) return;
    const bool says_goodbye = !expected_.empty() && expected_.front() == Command::quit;
    if (reply.code == closes && !says_goodbye)
        return fail(failure_of(step(), reply));  // it hangs up (§3.8)
    if (expected_.empty()) return on_nonsense(step(), reply);
    const auto command = expected_.front();
    expected_.pop_front();
    obey(command, reply);
}

void SmtpClientDialog::obey(Command command, const SmtpReply& reply) {
    switch (command) {
        case Command::greeting: return on_greeting(reply);
        case Command::ehlo:
        case Command::helo: return on_hello(reply, command);
        case Command::start_tls: return on_start_tls(reply);
        case Command::auth: return on_auth(reply);
        case Command::reset: return advance();  // whatever it says: MAIL will tell
        case Command::mail: return on_mail(reply);
        case Command::rcpt: return on_recipient(reply);
        case Command::data: return on_data(reply);
        case Command::message: return on_message(reply);
        case Command::lone_dot: return finish_mail(mails_.front().refusal);
        case Command::quit: closed_ = true; return;
    }
}

void SmtpClientDialog::on_greeting(const SmtpReply& reply) {
    if (reply.is_refusal()) return give_up(failure_of(SmtpStep::greeting, reply));
    if (reply.code != ready) return on_nonsense(SmtpStep::greeting, reply);
    say("EHLO " + settings_.name, Command::ehlo);
}

void SmtpClientDialog::on_hello(const SmtpReply& reply, Command command) {
    if (reply.is_done()) {
        if (command == Command::ehlo) capabilities_ = parse_capabilities(reply);
        return after_hello();
    }
    if (!reply.is_refusal()) return on_nonsense(SmtpStep::hello, reply);
    auto failure = failure_of(SmtpStep::hello, reply);
    if (command == Command::helo || !knows_no_ehlo(reply.code)) return give_up(std::move(failure));
    // Whoever stands between us and the server could have said that, to have us speak openly.
    const bool needs_more = settings_.tls == SmtpClientSettings::Tls::always || settings_.login;
    if (needs_more) {
        failure.kind = Kind::insecure;
        return give_up(std::move(failure));
    }
    say("HELO " + settings_.name, Command::helo);
}

void SmtpClientDialog::after_hello() {
    using Tls = SmtpClientSettings::Tls;
    if (!settings_.is_encrypted) {
        const bool wanted = settings_.tls != Tls::never && !tried_tls_;
        if (wanted && capabilities_.start_tls) {
            tried_tls_ = true;
            return say("STARTTLS", Command::start_tls);
        }
        if (settings_.tls == Tls::always)
            return give_up(Kind::insecure, SmtpStep::start_tls,
                           "the server does not offer STARTTLS");
    }
    if (settings_.login && !logged_in_) begin_auth();
}

void SmtpClientDialog::on_start_tls(const SmtpReply& reply) {
    if (reply.code == ready) {
        shakes_hands_ = true;
        return;
    }
    if (!reply.is_refusal()) return on_nonsense(SmtpStep::start_tls, reply);
    if (settings_.tls != SmtpClientSettings::Tls::always) return after_hello();
    auto failure = failure_of(SmtpStep::start_tls, reply);
    failure.kind = Kind::insecure;
    give_up(std::move(failure));
}

void SmtpClientDialog::on_tls(bool known) {
    shakes_hands_ = false;
    settings_.is_encrypted = true;
    settings_.is_secure = known;
    capabilities_ = {};  // anybody could have said them (RFC 3207 §4.2)
    say("EHLO " + settings_.name, Command::ehlo);
}

void SmtpClientDialog::begin_auth() {
    if (!settings_.is_secure && !settings_.shows_secrets) {
        SmtpFailure failure;
        failure.kind = Kind::insecure;
        failure.step = SmtpStep::auth;
        failure.keeps_password = true;
        failure.text = settings_.is_encrypted
                           ? "the password would go to somebody whose certificate is not believed"
                           : "the password would cross the network in the clear";
        return give_up(std::move(failure));
    }
    if (capabilities_.mechanisms.empty())
        return give_up(Kind::refused, SmtpStep::auth, "the server does not offer AUTH");
    mechanisms_ =
        usable_mechanisms(*settings_.login, capabilities_.mechanisms, settings_.is_encrypted);
    if (mechanisms_.empty()) return give_up(Kind::refused, SmtpStep::auth, no_mechanism());
    try_mechanism();
}

std::string SmtpClientDialog::no_mechanism() const {
    const auto offered = joined(capabilities_.mechanisms);
    const auto& wanted = settings_.login->mechanism;
    if (!wanted) return "the server offers only " + offered;
    return "the server does not offer " + std::string(to_string(*wanted)) + ", only " + offered;
}

void SmtpClientDialog::try_mechanism() {
    const auto mechanism = mechanisms_.front();
    mechanisms_.erase(mechanisms_.begin());
    ++tries_;
    cancelled_ = false;
    const auto line = "AUTH " + std::string(to_string(mechanism));
    sasl_.emplace(mechanism, *settings_.login);
    const auto initial = sasl_->initial();
    if (initial && line.size() + 1 + initial->size() + 2 <= longest_auth_line)
        return say(line + " " + *initial, Command::auth);
    sasl_.emplace(mechanism, *settings_.login);
    say(line, Command::auth);
}

void SmtpClientDialog::on_auth(const SmtpReply& reply) {
    if (reply.is_refusal()) return on_auth_refused(reply);
    if (reply.code == challenge && !cancelled_) {
        const auto answer = sasl_->answer(reply.lines.front());
        cancelled_ = answer == "*";
        return say(answer, Command::auth);
    }
    if (!reply.is_done()) return on_nonsense(SmtpStep::auth, reply);
    if (!sasl_->may_succeed())
        return give_up(Kind::insecure, SmtpStep::auth,
                       "the server has not proven that it knows the password");
    logged_in_ = sasl_->mechanism();
    sasl_.reset();
}

void SmtpClientDialog::on_auth_refused(const SmtpReply& reply) {
    // Whoever cannot prove that he knows the password is not told it in another way.
    if (cancelled_ && sasl_->mechanism() == LoginMechanism::scram_sha_256)
        return give_up(Kind::insecure, SmtpStep::auth,
                       "the server has not proven that it knows the password");
    constexpr unsigned most_tries = 2;
    if (!reply.is_temporary() && !mechanisms_.empty() && tries_ < most_tries)
        return try_mechanism();
    give_up(failure_of(SmtpStep::auth, reply));
}

void SmtpClientDialog::give_up(Kind kind, SmtpStep step, std::string text) {
    SmtpFailure failure;
    failure.kind = kind;
    failure.step = step;
    failure.text = std::move(text);
    give_up(std::move(failure));
}

void SmtpClientDialog::give_up(SmtpFailure failure) {
    failure_ = std::move(failure);
    quit();
}

void SmtpClientDialog::on_nonsense(SmtpStep step, const SmtpReply& reply) {
    auto failure = failure_of(step, reply);
    failure.kind = Kind::malformed;
    fail(std::move(failure));
}

void SmtpClientDialog::fail(SmtpFailure failure) {
    if (closed_) return;
    closed_ = true;
    shakes_hands_ = message_due_ = false;
    text_.clear();
    // After all is done it does not matter how the server says goodbye.
    const bool only_goodbye = quits_ && mails_.empty();
    fail_mails(failure);
    if (!only_goodbye) failure_ = std::move(failure);
    expected_.clear();
}

void SmtpClientDialog::quit() {
    if (quits_ || closed_) return;
    quits_ = true;
    say("QUIT", Command::quit);
}

}  // namespace nettool::proto
