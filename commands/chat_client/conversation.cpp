#include "conversation.hpp"

#include "nettool/base/clock.hpp"
#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::commands {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t max_message_bytes = 1024UL * 1024;
// A server that asks nothing is told the name after this time; one that does not welcome gets the
// first line then.
constexpr auto patience = 1s;
constexpr auto patience_with_a_welcome = 500ms;
// Lines without LF run together at a naive server, unless there is time between them.
constexpr auto between_naive_lines = 100ms;
constexpr auto time_to_leave = 1s;

[[noreturn]] void fail_input(error_code ec) {
    if (ec == Errc::message_too_long) throw Failure(Fault::local, "a line is too long");
    throw Failure(Fault::local, "read standard input", ec);
}

}  // namespace

std::string print(const ChatMessage& message) { return escaped(message.text); }

ChatConversation::ChatConversation(cli::Context& context, net::Stream& stream,
                                   net::Descriptor& input, net::LineReader<net::Descriptor>& lines,
                                   const ChatPlan& plan)
    : context_(context),
      stream_(stream),
      input_(input),
      lines_(lines),
      plan_(plan),
      messages_(stream, plan.gap, max_message_bytes),
      directions_(context.executor, [this](std::exception_ptr failure) { end(failure); }),
      heard_(context.executor) {}

awaitable<void> ChatConversation::run() {
    stream_.limit_idle({});  // nobody may say anything for hours
    directions_.spawn(listen());
    directions_.spawn(talk());
    co_await directions_.join();
    editor_.reset();
    const bool stopped = co_await net::stop_requested();
    if (failure_) std::rethrow_exception(failure_);
    if (stopped && !leaving_) throw boost::system::system_error(asio::error::operation_aborted);
    co_await stream_.finish();
}

awaitable<void> ChatConversation::listen() {
    co_await net::hear_requests_to_stop();
    for (;;) {
        const auto message = co_await messages_.next();
        const error_code ec = message.error();
        if (ec == asio::error::operation_aborted) co_return;
        if (ec && leaving_) break;
        if (ec == asio::error::eof)
            throw Failure(Fault::network,
                          to_string(stream_.flow().peer) + " closed the connection");
        if (ec) throw Failure(Fault::network, "read from " + to_string(stream_.flow().peer), ec);
        show(*message);
        take_note_of(*message);
    }
    directions_.cancel(asio::cancellation_type::total);
}

// The first message is the question for the name, the next one the answer to it.
void ChatConversation::take_note_of(const net::Message& message) {
    if (messages_seen_++ == 0)
        with_line_feeds_ = message.ending == net::Message::Ending::line_feed;
    else if (message.text.starts_with("ERROR: ") && introduced_ && !editor_)
        // Only somebody at a terminal can think of another name.
        throw Failure(Fault::refused,
                      to_string(stream_.flow().peer) + " answers " + quoted(message.text, 200));
    heard_.cancel();
}

void ChatConversation::show(const net::Message& message) {
    ChatMessage shown;
    shown.time = rfc3339(std::chrono::system_clock::now());
    shown.text = message.text;
    const auto print_it = [&] { context_.out.emit(shown); };
    if (editor_ && context_.out.sink().is_terminal())
        editor_->interrupt(print_it);
    else
        print_it();
}

awaitable<bool> ChatConversation::say(std::string line) {
    if (with_line_feeds_) line += '\n';
    const auto sent = co_await stream_.write(line);
    co_return sent.has_value();
}

awaitable<void> ChatConversation::talk() {
    co_await net::hear_requests_to_stop();
    co_await hear(1, patience);
    introduced_ = true;
    const bool told = co_await say(plan_.name);
    if (!told) co_return;  // listen() learns why
    co_await hear(2, patience_with_a_welcome);
    if (!plan_.send.empty())
        co_await talk_from_plan();
    else if (input_.is_terminal())
        co_await talk_from_terminal();
    else
        co_await talk_from_pipe();
    const bool stopped = co_await net::stop_requested();
    if (stopped) co_return;
    if (plan_.wait) co_await net::pause(*plan_.wait);
    leave();
}

// The server sees our end and closes; should it not, we do not wait for long.
void ChatConversation::leave() {
    leaving_ = true;
    const auto half_closed = stream_.shut_down();
    stream_.end_by(net::Stream::Clock::now() + (half_closed ? time_to_leave : 0s));
}

awaitable<void> ChatConversation::hear(unsigned messages, std::chrono::milliseconds limit) {
    heard_.expires_after(limit);
    while (messages_seen_ < messages && heard_.expiry() > std::chrono::steady_clock::now()) {
        const auto [ec] = co_await heard_.async_wait(no_throw);
        const bool stopped = co_await net::stop_requested();
        if (!ec || stopped) co_return;
    }
}

awaitable<void> ChatConversation::talk_from_plan() {
    for (const auto& line : plan_.send) {
        const bool said = co_await say(line);
        if (!said) co_return;
        if (!with_line_feeds_) co_await net::pause(between_naive_lines);
    }
}

awaitable<void> ChatConversation::talk_from_pipe() {
    for (;;) {
        const auto line = co_await lines_.next();
        const error_code ec = line.error();
        if (ec == asio::error::eof || ec == asio::error::operation_aborted) co_return;
        if (ec) fail_input(ec);
        const bool said = co_await say(*line);
        if (!said) co_return;
        if (!with_line_feeds_) co_await net::pause(between_naive_lines);
    }
}

awaitable<void> ChatConversation::talk_from_terminal() {
    editor_.emplace(context_.executor, context_.input, "> ");
    for (;;) {
        const auto line = co_await editor_->next();
        const error_code ec = line.error();
        if (ec == asio::error::eof || ec == asio::error::operation_aborted) co_return;
        if (ec) fail_input(ec);
        if (trimmed(*line) == "/quit") co_return;
        const bool said = co_await say(*line);
        if (!said) co_return;
    }
}

void ChatConversation::end(std::exception_ptr failure) {
    if (!failure_) failure_ = failure;
    directions_.cancel(asio::cancellation_type::total);
}

}  // namespace nettool::commands
