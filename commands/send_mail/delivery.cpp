#include "delivery.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/net/tls_error.hpp"
#include "results.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace nettool::commands {

using cli::ExitCode;
using proto::SmtpFailure;
using proto::SmtpStep;

namespace {

ExitCode code_of(const SmtpFailure& failure) {
    switch (failure.kind) {
        case SmtpFailure::Kind::refused: return ExitCode::refused;
        case SmtpFailure::Kind::insecure:
        case SmtpFailure::Kind::lost: return ExitCode::network;
        case SmtpFailure::Kind::malformed: break;
    }
    return ExitCode::local;
}

// Whether another server of the same domain may do better (RFC 5321 §5.1).
bool is_worth_another(const SmtpFailure& failure) {
    const bool early = failure.step == SmtpStep::connect || failure.step == SmtpStep::greeting ||
                       failure.step == SmtpStep::hello;
    return early && failure.temporary;
}

bool is_temporary(const proto::MailOutcome::Recipient& recipient) {
    return recipient.reply.is_temporary();
}

bool is_refused_for_good(const proto::MailOutcome::Recipient& recipient) {
    return recipient.reply.is_refusal() && !is_temporary(recipient);
}

}  // namespace

Delivery::Delivery(Parts parts, std::vector<net::Endpoint> servers,
                   std::vector<proto::MailPath> recipients)
    : parts_(parts), servers_(std::move(servers)), recipients_(std::move(recipients)) {}

ExitCode Delivery::report(cli::Context& context, const SmtpFailure& failure,
                          const std::string& server, std::string id, std::string_view advice) {
    const auto failed = failed_of(failure, server, std::move(id));
    if (context.out.format() == cli::Output::Format::json) context.out.emit(failed);
    context.log.error(print(failed));
    if (!advice.empty()) context.log.notice(advice);
    if (failure.kind == SmtpFailure::Kind::insecure && failure.keeps_password)
        context.log.notice("--insecure-auth would send it");
    return code_of(failure);
}

ExitCode Delivery::report(const SmtpFailure& failure, std::string id) const {
    const LoginState state{parts_.settings.login.has_value(), encrypted_};
    return report(parts_.context, failure, server_, std::move(id),
                  advice_of(parts_.place.provider(), failure.code, state));
}

bool Delivery::has_work() const noexcept {
    return begun_ < parts_.settings.count || !todo_.empty() || !again_.empty();
}

awaitable<ExitCode> Delivery::run() {
    for (unsigned tries = 0;;) {
        const auto failure = co_await attempt();
        if (!has_work()) co_return worst_;
        // More recipients than the server takes at once: the rest, at once (RFC 5321 §4.5.3.1.10).
        if (!failure && (again_.empty() || !todo_.empty())) continue;
        const auto why = failure ? *failure : again_.front().last;
        const bool helps = why.temporary || (!failure && !again_.empty());
        if (!helps || tries == parts_.settings.retries) {
            settle_rest(failure);
            co_return worst_;
        }
        co_await wait(++tries, why);
        std::ranges::move(again_, std::back_inserter(todo_));
        again_.clear();
    }
}

awaitable<void> Delivery::wait(unsigned tries, const SmtpFailure& why) const {
    constexpr unsigned most_doublings = 6;
    const std::chrono::milliseconds time =
        parts_.settings.wait * (1U << std::min(tries - 1, most_doublings));
    auto& context = parts_.context;
    context.log.notice(fmt::format("{}; again in {} (retry {} of {})",
                                   print(failed_of(why, server_, {})), cli::to_string(time), tries,
                                   parts_.settings.retries));
    co_await net::pause(time);
    const bool stopped = co_await net::stop_requested();
    if (stopped) throw boost::system::system_error(asio::error::operation_aborted);
}

awaitable<std::optional<SmtpFailure>> Delivery::attempt() {
    std::optional<SmtpFailure> failure;
    for (std::size_t i = 0; i < servers_.size(); ++i) {
        failure = co_await try_server(servers_[i]);
        if (!failure || !is_worth_another(*failure) || i + 1 == servers_.size()) break;
        parts_.context.log.notice(print(failed_of(*failure, server_, {})) +
                                  "; next: " + to_string(servers_[i + 1]));
    }
    co_return failure;
}

awaitable<std::optional<SmtpFailure>> Delivery::try_server(net::Endpoint server) {
    server_ = to_string(server);
    step_ = SmtpStep::connect;
    encrypted_ = false;
    SmtpFailure failure;
    try {
        auto stream = co_await parts_.place.connect(parts_.context, server);
        const auto ended = co_await converse(stream, server);
        co_await stream.finish();
        co_return ended;
    } catch (const Failure& trouble) {
        if (trouble.fault() != Fault::network) throw;
        failure.text = trouble.what();
        if (parts_.place.security() == Security::tls && net::is_no_tls(trouble.cause()))
            failure.text += "; --security starttls?";
    }
    failure.step = step_;
    const bool is_tls = step_ == SmtpStep::start_tls;
    failure.kind = is_tls ? SmtpFailure::Kind::insecure : SmtpFailure::Kind::lost;
    failure.temporary = !is_tls;
    co_return failure;
}

smtp::ClientSettings Delivery::session_settings(const net::Flow& flow, bool encrypted,
                                                bool known) const {
    using Tls = proto::SmtpClientSettings::Tls;
    smtp::ClientSettings settings;
    settings.timeout = parts_.place.timeout();
    settings.smtp.name = parts_.place.own_name(flow);
    settings.smtp.login = parts_.settings.login;
    settings.smtp.shows_secrets = parts_.settings.shows_secrets || is_this_machine(flow);
    settings.smtp.is_encrypted = encrypted;
    settings.smtp.is_secure = known;
    switch (parts_.place.security()) {
        case Security::none:
        case Security::tls: settings.smtp.tls = Tls::never; break;
        case Security::starttls: settings.smtp.tls = Tls::always; break;
        case Security::automatic: settings.smtp.tls = Tls::if_offered; break;
    }
    return settings;
}

// Where somebody wants to see it.
void Delivery::say_dialog(smtp::ClientParts& parts) const {
    auto& context = parts_.context;
    const bool verbose = context.log.level() == cli::Log::Level::verbose;
    if (!verbose && !context.taps.messages) return;
    const bool json = context.out.format() == cli::Output::Format::json;
    parts.said = [&context, to_results = verbose && json](const proto::TranscriptLine& line) {
        if (to_results)
            context.out.emit(line_of(line));
        else
            context.log.sink().write(print(line_of(line)) + "\n");
    };
}

awaitable<std::optional<SmtpFailure>> Delivery::converse(net::Stream& stream,
                                                         net::Endpoint server) {
    smtp::ClientParts parts;
    auto secure = [this, server](net::Stream& plain) {
        step_ = SmtpStep::start_tls;
        encrypted_ = true;
        return parts_.place.secure(parts_.context, plain, server);
    };
    const bool encrypted = parts_.place.security() == Security::tls;
    bool known = false;
    if (encrypted) known = co_await secure(stream);
    step_ = SmtpStep::greeting;
    parts.secure = std::move(secure);
    parts.next_mail = [this](const proto::SmtpCapabilities& can) { return next_mail(can); };
    parts.done = [this](const proto::MailOutcome& outcome) { settle(outcome); };
    say_dialog(parts);
    smtp::ClientSession session(stream, session_settings(stream.flow(), encrypted, known),
                                std::move(parts));
    co_return co_await session.run();
}

std::optional<smtp::OutgoingMail> Delivery::next_mail(const proto::SmtpCapabilities& server) {
    if (!todo_.empty()) {
        in_flight_.push_back(std::move(todo_.front()));
        todo_.pop_front();
    } else if (begun_ < parts_.settings.count) {
        auto& job = in_flight_.emplace_back();
        job.id = parts_.letter.message_id(++begun_);
        job.to = recipients_;
    } else {
        return std::nullopt;
    }
    auto& job = in_flight_.back();
    auto mail = parts_.letter.mail(job.to, job.id, server);
    job.size = mail.order.size;
    return mail;
}

void Delivery::tell_sent(const Job& job, const proto::MailOutcome& outcome) {
    SentMail sent;
    sent.message_id = job.id;
    sent.server = server_;
    sent.size_bytes = job.size;
    sent.code = outcome.reply.code;
    sent.enhanced = outcome.reply.enhanced();
    sent.text = outcome.reply.text();
    for (const auto& recipient : outcome.recipients) {
        sent.recipients += recipient.accepted() ? 1 : 0;
        sent.refused += is_refused_for_good(recipient) ? 1 : 0;  // others may still get it
    }
    parts_.context.out.emit(sent);
}

void Delivery::settle(const proto::MailOutcome& outcome) {
    auto job = std::move(in_flight_.front());
    in_flight_.pop_front();
    constexpr unsigned no_room = 452;
    job.to.clear();
    bool too_many = true;
    for (const auto& recipient : outcome.recipients) {
        const bool refused = is_refused_for_good(recipient);
        if (refused || (recipient.accepted() && !outcome.failure))
            parts_.context.out.emit(recipient_of(recipient));
        else
            job.to.push_back(recipient.path);
        if (refused) note(ExitCode::refused);
        if (is_temporary(recipient)) {
            too_many = too_many && recipient.reply.code == no_room;
            job.last = proto::failure_of(SmtpStep::rcpt, recipient.reply);
        }
    }
    if (outcome.failure) return settle_failed(std::move(job), outcome);
    tell_sent(job, outcome);
    if (!job.to.empty()) (too_many ? todo_ : again_).push_back(std::move(job));
}

void Delivery::settle_failed(Job job, const proto::MailOutcome& outcome) {
    const auto& failure = *outcome.failure;
    // Of those that were refused some may be taken later.
    const bool some =
        failure.step == SmtpStep::rcpt && std::ranges::any_of(outcome.recipients, is_temporary);
    if (failure.may_have_gone || job.to.empty() || !(failure.temporary || some)) {
        note(report(failure, job.id));
        return;
    }
    if (!some) job.last = failure;
    again_.push_back(std::move(job));
}

// Of those that were not taken before, and are not asked for again.
void Delivery::tell_refused(const Job& job) {
    if (job.last.step != SmtpStep::rcpt) return;
    for (const auto& path : job.to) {
        SentRecipient refused;
        refused.address = to_string(path);
        refused.code = job.last.code;
        refused.enhanced = job.last.enhanced;
        refused.text = job.last.text;
        parts_.context.out.emit(refused);
    }
}

// Nobody tries again: what is left has failed.
void Delivery::settle_rest(const std::optional<SmtpFailure>& failure) {
    for (const auto& job : again_) {
        note(report(job.last, job.id));
        tell_refused(job);
    }
    for (const auto& job : todo_) tell_refused(job);
    const bool others = begun_ < parts_.settings.count || !todo_.empty();
    if (others && failure) note(report(*failure, {}));
}

}  // namespace nettool::commands
