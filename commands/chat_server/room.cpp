#include "room.hpp"

#include "nettool/base/clock.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace nettool::commands {

using namespace std::chrono_literals;
using Move = proto::ChatCrowd::Move;

std::string print(const ChatLine& line) { return line.time_of_day + " " + line.line; }

ChatRoom::ChatRoom(cli::Context& context, const Limits& limits, AppendFile* log)
    : context_(context),
      limits_(limits),
      log_(log),
      writers_(context.executor, [](std::exception_ptr) {}) {}

awaitable<void> ChatRoom::watch() {
    co_await net::hear_requests_to_stop();
    for (;;) {
        const bool stopped = co_await net::stop_requested();
        if (stopped) co_return;
        co_await net::pause(250ms);
        const auto now = Clock::now();
        drop_the_slow(now);
        if (const auto due = crowd_.due(); due && *due <= now) add(crowd_.counted(), nullptr);
    }
}

awaitable<void> ChatRoom::join() {
    end_turn();
    co_await writers_.join();
    // The end of a turn that is posted refers to this.
    if (turn_ends_) co_await asio::post(context_.executor, asio::use_awaitable);
}

bool ChatRoom::enter(const std::shared_ptr<Member>& member, const std::string& name) {
    if (!names_.take(name)) return false;
    admit(member, name);
    return true;
}

void ChatRoom::enter_as_any(const std::shared_ptr<Member>& member, const std::string& name) {
    admit(member, names_.take_any(name));
}

void ChatRoom::admit(const std::shared_ptr<Member>& member, const std::string& name) {
    end_turn();  // what was said before is not for the newcomer
    member->name = name;
    auto text = welcome(name);
    for (const auto& line : history_) text += line;
    members_.push_back(member);
    tell(*member, std::move(text));
    add_moves(crowd_.moved(Move::join, name, {}, Clock::now()), member.get());
}

std::string ChatRoom::welcome(const std::string& name) const {
    std::vector<std::string_view> names;
    for (const auto& member : members_) {
        if (names.size() == proto::most_names) break;
        names.push_back(member->name);
    }
    return fmt::format("Welcome, {}! {}\n", name, proto::others_here(members_.size(), names));
}

std::string ChatRoom::who() const {
    std::string text = fmt::format("* {} here", members_.size());
    std::string_view separator = ": ";
    for (std::size_t i = 0; i < std::min(members_.size(), proto::most_names); ++i) {
        text.append(separator).append(members_[i]->name);
        separator = ", ";
    }
    if (members_.size() > proto::most_names)
        text += fmt::format(" and {} more", members_.size() - proto::most_names);
    return text + "\n";
}

void ChatRoom::leave(const std::shared_ptr<Member>& member, std::string_view why) {
    const auto place = std::ranges::find(members_, member);
    if (place == members_.end()) return;
    end_turn();  // its lines are known by its address
    *place = std::move(members_.back());
    members_.pop_back();
    names_.give_back(member->name);
    add_moves(crowd_.moved(Move::leave, member->name, why, Clock::now()), nullptr);
}

void ChatRoom::say(Member& member, std::string_view text) {
    const auto line = proto::chat_message(member.name, text);
    if (line.empty()) return;
    if (limits_.history > 0) {
        if (history_.size() == limits_.history) history_.pop_front();
        history_.push_back(line);
    }
    add(line, &member);
}

void ChatRoom::say_as_server(std::string_view text) {
    if (!trimmed(text).empty()) add("* server: " + escaped(text) + "\n", nullptr);
}

void ChatRoom::tell(Member& member, std::string text) {
    end_turn();  // in order with what was said before
    member.deliver(std::make_shared<const std::string>(std::move(text)));
}

void ChatRoom::add_moves(const std::optional<std::string>& line, Member* own) {
    if (line) add(*line, own);
}

void ChatRoom::add(const std::string& line, Member* own) {
    constexpr std::size_t longest_turn = 256UL * 1024;
    if (own) {
        own_.push_back({own, lines_.size(), lines_.size() + line.size()});
        own->has_spoken = true;
    }
    lines_ += line;
    if (lines_.size() > longest_turn) return end_turn();
    if (std::exchange(turn_ends_, true)) return;
    asio::post(context_.executor, [this] {
        turn_ends_ = false;
        end_turn();
    });
}

void ChatRoom::end_turn() {
    if (lines_.empty()) return;
    const auto block = std::make_shared<const std::string>(std::exchange(lines_, {}));
    const auto own = std::exchange(own_, {});
    lagging_ = false;
    for (const auto& member : members_) {
        if (!std::exchange(member->has_spoken, false))
            member->deliver(block);
        else if (auto others = without_lines_of(*member, *block, own); !others.empty())
            member->deliver(std::make_shared<const std::string>(std::move(others)));
        lagging_ = lagging_ || member->queued_bytes() > limits_.soft;
    }
    record(*block);
    if (lagging_) drop_the_slow(Clock::now());
}

std::string ChatRoom::without_lines_of(const Member& member, const std::string& lines,
                                       const std::vector<Own>& own) {
    std::string others;
    std::size_t begin = 0;
    for (const auto& one : own) {
        if (one.member != &member) continue;
        others.append(lines, begin, one.begin - begin);
        begin = one.end;
    }
    return others.append(lines, begin);
}

void ChatRoom::drop_the_slow(Clock::time_point now) {
    std::vector<std::shared_ptr<Member>> slow;
    for (const auto& member : members_)
        if (member->queued_bytes() > limits_.hard || member->is_stalled(now, limits_.stalled))
            slow.push_back(member);
    for (const auto& member : slow) member->drop();
    for (const auto& member : slow) leave(member, " (too slow)");
}

// The operator's console and the log file, a write each.
void ChatRoom::record(std::string_view lines) {
    const bool shown = context_.log.level() != cli::Log::Level::quiet;
    if (!shown && !log_) return;
    const auto now = std::chrono::system_clock::now();
    ChatLine shared;
    shared.time = rfc3339(now);
    shared.time_of_day = time_of_day(now).substr(0, 8);
    const auto time = record_time(now);
    std::vector<ChatLine> all;
    std::string logged;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        shared.line = lines.substr(0, end);
        lines.remove_prefix(end + 1);
        if (log_) logged += time + " " + shared.line + "\n";
        if (shown) all.push_back(shared);
    }
    context_.out.emit_all(all);
    if (!log_) return;
    try {
        log_->append(logged);
        log_failed_ = false;
    } catch (const Failure& failure) {
        if (!std::exchange(log_failed_, true)) context_.log.error(failure.what());
    }
}

}  // namespace nettool::commands
