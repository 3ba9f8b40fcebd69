#pragma once
// The chat room: who is in it, and one order of lines for all of them.
//
// What is said within a turn of the event loop becomes one block, which all members share; only who
// has spoken himself gets a copy without his own lines.

#include "member.hpp"
#include "nettool/base/file.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/proto/classroom/chat.hpp"

#include <deque>
#include <optional>

namespace nettool::commands {

/// A line as the operator sees it.
struct ChatLine {
    static constexpr std::string_view event = "chat";
    std::string time;  // RFC 3339
    std::string line;  // without LF; escaped

    std::string time_of_day;
};
BOOST_DESCRIBE_STRUCT(ChatLine, (), (time, line))
std::string print(const ChatLine& line);

/// Lives on the command's strand, like its members.
class ChatRoom {
public:
    using Clock = std::chrono::steady_clock;

    struct Limits {
        std::size_t history = 0;           // lines that newcomers are shown
        std::size_t soft = 256UL * 1024;   // unsent bytes, beyond which floods are slowed down
        std::size_t hard = 1024UL * 1024;  // and beyond which a member is dropped
        std::chrono::seconds stalled{30};  // or after so long without progress
    };

    /// `log`: an open file or null.
    ChatRoom(cli::Context& context, const Limits& limits, AppendFile* log);

    /// Watches the slow, until it is cancelled; then waits for those who are still written to.
    awaitable<void> watch();
    awaitable<void> join();

    net::TaskGroup& writers() noexcept { return writers_; }

    /// False: the name is taken, and nothing has happened.
    bool enter(const std::shared_ptr<Member>& member, const std::string& name);
    /// With another name if need be.
    void enter_as_any(const std::shared_ptr<Member>& member, const std::string& name);
    void leave(const std::shared_ptr<Member>& member, std::string_view why = {});

    void say(Member& member, std::string_view text);
    void say_as_server(std::string_view text);
    /// For one member's eyes only.
    void tell(Member& member, std::string text);
    std::string who() const;

    /// Whether some member lags so far behind that a flood should pause.
    bool lags() const noexcept { return lagging_; }

private:
    // A line in the block that is being made, and whose it is.
    struct Own {
        const Member* member;
        std::size_t begin, end;
    };

    void admit(const std::shared_ptr<Member>& member, const std::string& name);
    std::string welcome(const std::string& name) const;
    void add(const std::string& line, Member* own);
    void add_moves(const std::optional<std::string>& line, Member* own);
    void end_turn();
    static std::string without_lines_of(const Member& member, const std::string& lines,
                                        const std::vector<Own>& own);
    void record(std::string_view lines);
    void drop_the_slow(Clock::time_point now);

    cli::Context& context_;
    Limits limits_;
    AppendFile* log_;
    net::TaskGroup writers_;
    std::vector<std::shared_ptr<Member>> members_;  // who is identified
    proto::ChatNames names_;
    proto::ChatCrowd crowd_;
    std::deque<std::string> history_;
    std::string lines_;  // of this turn
    std::vector<Own> own_;
    bool turn_ends_ = false;  // that is posted
    bool lagging_ = false;
    bool log_failed_ = false;
};

}  // namespace nettool::commands
