#pragma once
// One client of the chat room, from the question for its name to its last line.

#include "nettool/net/message_reader.hpp"
#include "nettool/net/token_bucket.hpp"
#include "room.hpp"

#include <array>

namespace nettool::commands {

struct ChatRules {
    std::string question;
    net::Gap gap;
    double max_rate = 200;                     // lines a second, not from this machine
    std::chrono::milliseconds first{600'000};  // to think of a name
};

/// What all sessions use, for only one of them runs at a time.
using ChatBuffer = std::array<char, 64UL * 1024>;

class ChatSession {
public:
    ChatSession(ChatRoom& room, const ChatRules& rules, ChatBuffer& buffer, net::Stream stream);

    /// Until the client leaves or is dropped.
    awaitable<void> run();

private:
    awaitable<error_code> read();
    void take_lines(bool at_gap, bool at_end);
    void take(const proto::ChatLines::Line& line);
    void identify(const proto::ChatLines::Line& line);
    awaitable<void> slow_down(std::size_t bytes);
    bool is_done() const { return left_ || member_->dropped(); }

    ChatRoom& room_;
    const ChatRules& rules_;
    ChatBuffer& buffer_;
    std::shared_ptr<Member> member_;
    proto::ChatLines lines_;
    std::optional<net::TokenBucket> rate_;
    std::string own_buffer_;    // TLS reads into it, for it cannot wait without one
    std::size_t received_ = 0;  // by the last read
    unsigned taken_lines_ = 0;
    unsigned asked_ = 1;
    bool left_ = false;
};

}  // namespace nettool::commands
