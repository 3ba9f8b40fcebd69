#include "session.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/base/text.hpp"

#include <boost/asio/error.hpp>

namespace nettool::commands {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr unsigned most_questions = 3;
constexpr std::size_t tls_buffer = 4096;
constexpr double burst_seconds = 10;  // of the rate, at once

}  // namespace

ChatSession::ChatSession(ChatRoom& room, const ChatRules& rules, ChatBuffer& buffer,
                         net::Stream stream)
    : room_(room),
      rules_(rules),
      buffer_(buffer),
      member_(std::make_shared<Member>(std::move(stream), room.writers())) {
    const auto& peer = member_->stream().flow().peer;
    if (!peer.is_unix && !net::is_loopback(peer))
        rate_.emplace(rules.max_rate, rules.max_rate * burst_seconds, Clock::now());
    if (member_->stream().is_tls()) own_buffer_.resize(tls_buffer);
}

awaitable<void> ChatSession::run() {
    co_await net::hear_requests_to_stop();
    auto& stream = member_->stream();
    if (rules_.first > 0ms) stream.end_by(Clock::now() + rules_.first);
    const auto asked = co_await stream.write(rules_.question);
    error_code ec = asked.error();
    while (!ec && !is_done()) {
        ec = co_await read();
        take_lines(ec == Errc::paused, ec == asio::error::eof);
        if (ec == Errc::paused) ec = {};
        if (!ec) co_await slow_down(received_);
    }
    room_.leave(member_);
    if (member_->dropped()) co_return;
    co_await member_->drain(1s);
    co_await stream.finish();
}

awaitable<error_code> ChatSession::read() {
    auto& stream = member_->stream();
    const bool unfinished = lines_.unfinished();
    auto gap = 0ms;
    if (unfinished) {
        gap = rules_.gap.length(stream, lines_.saw_line_feed());
        stream.acknowledge_quickly();
    }
    received_ = 0;
    if (stream.is_tls()) {
        const auto size = co_await stream.read(asio::buffer(own_buffer_), gap);
        if (size) lines_.feed(std::string_view(own_buffer_).substr(0, received_ = *size));
        co_return size.error();
    }
    const auto ready = co_await stream.wait_readable(gap);
    if (!ready) co_return ready.error();
    const auto size = stream.read_now(asio::buffer(buffer_));
    if (size) lines_.feed({buffer_.data(), received_ = *size});
    if (size.error() == asio::error::would_block) co_return error_code();
    co_return size.error();
}

void ChatSession::take_lines(bool at_gap, bool at_end) {
    taken_lines_ = 0;
    while (!is_done()) {
        auto line = lines_.next();
        if (!line && (at_gap || at_end)) line = lines_.rest();
        if (!line) return;
        ++taken_lines_;
        take(*line);
    }
}

void ChatSession::take(const proto::ChatLines::Line& line) {
    if (member_->name.empty()) return identify(line);
    const auto word = trimmed(line.text);
    if (word == "/quit")
        left_ = true;
    else if (word == "/who")
        room_.tell(*member_, room_.who());
    else
        room_.say(*member_, line.text);
}

void ChatSession::identify(const proto::ChatLines::Line& line) {
    const auto name = proto::chat_name(line.text);
    if (line.text.empty() && !line.has_line_feed) return;  // between two NULs
    const bool entered = !name.empty() && room_.enter(member_, name);
    // A program that sends no line feed would not understand that it is asked again.
    if (!entered && !name.empty() && !line.has_line_feed) room_.enter_as_any(member_, name);
    if (!member_->name.empty()) return member_->stream().end_whenever();
    left_ = asked_++ == most_questions;
    const std::string why =
        name.empty() ? "an identification is needed" : "the name " + name + " is taken";
    room_.tell(*member_,
               "ERROR: " + why + (left_ ? "\n" : ". Please enter your identification: \n"));
}

awaitable<void> ChatSession::slow_down(std::size_t bytes) {
    if (rate_) {
        const auto debt = rate_->charge(taken_lines_, Clock::now());
        if (debt > 0s) co_await net::pause(debt);
    }
    // Who floods waits for those who can nearly keep up, but not for those who do not read at all.
    constexpr std::size_t a_flood = 16UL * 1024;
    constexpr int most_waits = 10;
    if (bytes < a_flood) co_return;
    for (int i = 0; i < most_waits && room_.lags() && !is_done(); ++i) co_await net::pause(10ms);
}

}  // namespace nettool::commands
