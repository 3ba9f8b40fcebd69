#include "nettool/smtp/server_session.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proto/mail/mail_lines.hpp"
#include "nettool/smtp/disguise.hpp"
#include "received_body.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>

namespace nettool::smtp {
namespace {

using proto::FaultAction;
using Clock = net::Stream::Clock;

constexpr std::size_t input_bytes = 64UL * 1024;
constexpr std::size_t most_unsent = 64UL * 1024;

proto::SmtpReply injected_reply(unsigned code) {
    return {code, {std::to_string(code / 100) + ".3.0 injected fault"}};
}

// The address of MAIL or RCPT, however well it is written.
std::string_view address_of(std::string_view argument) {
    const auto colon = argument.find(':');
    return colon == argument.npos ? argument : argument.substr(colon + 1);
}

std::optional<std::string_view> field_of(std::string_view line, std::string_view name) {
    using proto::SmtpVerb;
    if (name == "command") return line;
    const auto command = proto::parse_smtp_command(line);
    const auto verb = command.verb;
    if (name == "helo" && (verb == SmtpVerb::helo || verb == SmtpVerb::ehlo))
        return command.argument;
    if ((name == "mail" && verb == SmtpVerb::mail) || (name == "rcpt" && verb == SmtpVerb::rcpt))
        return address_of(command.argument);
    return std::nullopt;
}

}  // namespace

ServerSession::ServerSession(net::Stream& stream, SessionSettings settings, SessionParts parts)
    : stream_(stream),
      settings_(std::move(settings)),
      parts_(std::move(parts)),
      input_(stream, input_bytes),
      dialog_(settings_.smtp) {
    stream_.show_as(without_secrets(net::Side::server));
}

ServerSession::~ServerSession() = default;

awaitable<void> ServerSession::run() {
    // What ends a silence here is more(), so that the client can be told; writes end by themselves.
    constexpr std::chrono::seconds later(10);
    if (settings_.idle.count() > 0) stream_.limit_idle(settings_.idle + later);
    // No request to stop cuts a reply or a message in two.
    co_await net::note_requests_to_stop();
    if (stream_.is_tls()) secured();
    if (!co_await greet()) co_return;
    for (;;) {
        const auto line = co_await read_line();
        if (!line && !too_long_line_) co_return;
        bool goes_on = false;
        if (std::exchange(too_long_line_, false))
            goes_on = co_await obey(dialog_.on_long_line());
        else
            goes_on = co_await judge(*line);
        if (!goes_on) co_return;
    }
}

void ServerSession::note(const proto::TranscriptLine& line) const {
    if (parts_.said) parts_.said(line);
}

// False once the connection is over, here and below.
awaitable<bool> ServerSession::greet() {
    auto greeting = settings_.greeting.value_or(dialog_.greeting());
    if (parts_.faults) {
        const auto client = to_string(stream_.flow().peer);
        proto::FaultRules::Field field =
            [&client](std::string_view name) -> std::optional<std::string_view> {
            if (name == "client") return client;
            return std::nullopt;
        };
        auto injected = co_await inject(std::move(field));
        if (injected.lost) co_return false;
        if (injected.reply) greeting = *injected.reply;
    }
    const bool said = co_await say(greeting);
    constexpr unsigned ready = 220;
    if (greeting.code == ready) co_return said;
    if (said) (void)co_await flush();
    co_return false;
}

awaitable<bool> ServerSession::say(const proto::SmtpReply& reply) {
    const auto wire = proto::to_wire(reply);
    if (is_recorded()) record_reply(wire);
    unsent_ += wire;
    // Commands that came together are answered together.
    const bool more = input_.bytes().find('\n') != std::string_view::npos;
    if (more && unsent_.size() < most_unsent) co_return true;
    co_return co_await flush();
}

void ServerSession::record_reply(std::string_view wire) {
    const auto now = std::chrono::system_clock::now();
    while (!wire.empty()) note(transcript_.server(proto::take_line(wire), now));
}

void ServerSession::record_message(std::uint64_t bytes) {
    if (is_recorded()) note(transcript_.message(bytes, std::chrono::system_clock::now()));
}

void ServerSession::record_event(std::string_view text) {
    if (is_recorded()) note(transcript_.event(text, std::chrono::system_clock::now()));
}

// Where the client has gone without a word.
void ServerSession::record_end(error_code ec, std::string_view where) {
    if (ec == Errc::paused || ec == asio::error::operation_aborted) return;  // we have gone
    record_event("the client has left " + std::string(where));
}

awaitable<bool> ServerSession::flush() {
    const auto text = std::exchange(unsent_, {});
    if (text.empty()) co_return true;
    const auto written = co_await stream_.write(text);
    co_return written.has_value();
}

// Waits for more of a command; operation_aborted when it is to stop here.
awaitable<error_code> ServerSession::more_commands() {
    const bool asked = co_await net::stop_requested();
    if (asked) co_return asio::error::operation_aborted;
    co_await net::hear_requests_to_stop();
    const auto ec = co_await more();
    const bool stopped = co_await net::stop_requested();
    co_await net::note_requests_to_stop();
    if (stopped) co_return asio::error::operation_aborted;
    co_return ec;
}

// Zero: for ever.
void ServerSession::allow(std::chrono::milliseconds time) {
    deadline_ = time.count() > 0 ? Clock::now() + time : Clock::time_point::max();
}

// Errc::paused when that takes too long, and then the client can still be told.
awaitable<error_code> ServerSession::more() {
    auto gap = settings_.idle;
    if (deadline_ != Clock::time_point::max()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
        if (left.count() <= 0) co_return Errc::paused;
        gap = gap.count() > 0 ? std::min(gap, left) : left;
    }
    const auto more = co_await input_.more(gap);
    co_return more.error();
}

// Nothing at the end; see too_long_line_.
awaitable<std::optional<std::string>> ServerSession::read_line() {
    allow_any_time();
    if (!input_.bytes().empty()) allow(settings_.command_time);
    for (;;) {
        const auto bytes = input_.bytes();
        const auto end = bytes.find('\n');
        if (end == bytes.npos && bytes.size() > settings_.max_command) {
            too_long_line_ = true;
            input_.take(bytes.size());
            continue;
        }
        if (end != bytes.npos) {
            auto line = bytes.substr(0, end);
            if (line.ends_with('\r')) line.remove_suffix(1);
            too_long_line_ = too_long_line_ || end >= settings_.max_command;
            std::string said(line);
            input_.take(end + 1);
            allow_any_time();
            co_return said;
        }
        const bool begins = bytes.empty() && !too_long_line_;
        if (!co_await flush()) co_return std::nullopt;
        const auto ec = co_await more_commands();
        if (ec == asio::error::operation_aborted)
            co_await leave(421, "4.3.2 " + settings_.smtp.host + " is shutting down");
        if (ec == Errc::paused)
            co_await leave(421, "4.4.2 " + settings_.smtp.host + " has waited long enough");
        if (ec) {
            record_end(ec, "without a goodbye");
            too_long_line_ = false;
            co_return std::nullopt;
        }
        if (begins) allow(settings_.command_time);
    }
}

awaitable<void> ServerSession::leave(unsigned code, std::string words) {
    proto::SmtpReply reply{code, {std::move(words)}};
    if (co_await say(reply)) (void)co_await flush();
}

awaitable<bool> ServerSession::judge(const std::string& line) {
    if (is_recorded()) note(transcript_.client(line, std::chrono::system_clock::now()));
    // A chunk has to be read first, and is judged when its message is whole.
    const bool judged = parts_.faults && !dialog_.in_auth() &&
                        proto::parse_smtp_command(line).verb != proto::SmtpVerb::bdat;
    if (judged) {
        proto::FaultRules::Field field = [&line](std::string_view name) {
            return field_of(line, name);
        };
        auto injected = co_await inject(std::move(field));
        if (injected.lost) co_return false;
        constexpr unsigned closing = 421;
        if (injected.reply) {
            const auto next = injected.reply->code == closing ? proto::SmtpDialog::Next::close
                                                              : proto::SmtpDialog::Next::command;
            const Step step{*std::move(injected.reply), next};
            co_return co_await obey(step);
        }
    }
    const auto step = dialog_.on_line(line);
    co_return co_await obey(step);
}

awaitable<ServerSession::Injected> ServerSession::inject(proto::FaultRules::Field field) {
    Injected injected;
    for (const auto& action : parts_.faults->judge(field)) {
        stream_.note_fault(proto::to_string(action));
        if (action.time.count() > 0) co_await net::pause(action.time);
        if (action.kind == FaultAction::Kind::latency) continue;
        if (action.kind == FaultAction::Kind::rate) {
            net::StreamFaultOptions slow;
            slow.bytes_per_second = action.bytes_per_second;
            stream_.imitate(slow);
            continue;
        }
        if (action.kind == FaultAction::Kind::reply) injected.reply = injected_reply(action.status);
        if (action.kind == FaultAction::Kind::reset) stream_.reset();
        injected.lost = !injected.reply;
        break;
    }
    co_return injected;
}

awaitable<bool> ServerSession::obey(const Step& step) {
    using Next = proto::SmtpDialog::Next;
    if (step.next == Next::chunk) co_return co_await receive_chunk();
    if (!co_await say(step.reply)) co_return false;
    switch (step.next) {
        case Next::command:
        case Next::auth:
        case Next::chunk: co_return true;
        case Next::data: co_return co_await receive_message();
        case Next::start_tls: co_return co_await begin_tls();
        case Next::close: break;
    }
    (void)co_await flush();
    co_return false;
}

// What came behind STARTTLS in the clear was said by anybody, and is thrown away (RFC 3207 §4.2).
awaitable<bool> ServerSession::begin_tls() {
    input_.take(input_.bytes().size());
    if (!co_await flush()) co_return false;
    const auto shaken = co_await stream_.start_tls(settings_.tls());
    if (!shaken) co_return false;
    chunks_.reset();
    secured();
    co_return true;
}

void ServerSession::secured() {
    dialog_.on_tls();
    const auto session = stream_.tls_session();
    if (!session) return;
    tls_ = session->version + " " + session->cipher;
    if (is_recorded())
        note(transcript_.secured(session->version, session->cipher,
                                 std::chrono::system_clock::now()));
}

}  // namespace nettool::smtp
