#pragma once
// A client's part in a chat room: tells its name, then both talks and listens.

#include "nettool/cli/client.hpp"
#include "nettool/cli/line_editor.hpp"
#include "nettool/net/descriptor.hpp"
#include "nettool/net/line_reader.hpp"
#include "nettool/net/task_group.hpp"

#include <boost/asio/steady_timer.hpp>

#include <optional>

namespace nettool::commands {

struct ChatMessage {
    static constexpr std::string_view event = "message";
    std::string time;  // RFC 3339, when it came
    std::string text;
};
BOOST_DESCRIBE_STRUCT(ChatMessage, (), (time, text))
std::string print(const ChatMessage& message);

struct ChatPlan {
    std::string name;
    std::vector<std::string> send;                  // instead of standard input
    std::optional<std::chrono::milliseconds> wait;  // for messages, behind the last line
    net::Gap gap;
};

class ChatConversation {
public:
    /// `lines`: what is typed or piped in, begun by whoever asked for the name.
    ChatConversation(cli::Context& context, net::Stream& stream, net::Descriptor& input,
                     net::LineReader<net::Descriptor>& lines, const ChatPlan& plan);

    /// Until either side leaves.  Throws Failure.
    awaitable<void> run();

private:
    awaitable<void> listen();
    awaitable<void> talk();
    awaitable<void> talk_from_plan();
    awaitable<void> talk_from_pipe();
    awaitable<void> talk_from_terminal();
    awaitable<void> hear(unsigned messages, std::chrono::milliseconds limit);
    void take_note_of(const net::Message& message);
    awaitable<bool> say(std::string line);
    void show(const net::Message& message);
    void leave();
    void end(std::exception_ptr failure);

    cli::Context& context_;
    net::Stream& stream_;
    net::Descriptor& input_;
    net::LineReader<net::Descriptor>& lines_;
    const ChatPlan& plan_;
    net::MessageReader messages_;
    net::TaskGroup directions_;
    std::optional<cli::LineEditor> editor_;
    asio::steady_timer heard_;
    unsigned messages_seen_ = 0;
    bool with_line_feeds_ = false;
    bool introduced_ = false;
    bool leaving_ = false;
    std::exception_ptr failure_;
};

}  // namespace nettool::commands
