#include "nettool/proto/classroom/ping_probe.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t second = 1'000'000'000;

// C programs send their whole buffer, others a line.
std::string_view without_padding(std::string_view text) {
    constexpr std::string_view padding("\0\r\n", 3);
    const auto last = text.find_last_not_of(padding);
    return text.substr(0, last == text.npos ? 0 : last + 1);
}

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Words without the quotes, brackets and commas that programs put around them.
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(" \t\r\n"), text.size());
        auto word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (!word.empty() && !is_alphanumeric(word.front())) word.remove_prefix(1);
        while (!word.empty() && !is_alphanumeric(word.back())) word.remove_suffix(1);
        if (!word.empty()) words.push_back(word);
    }
    return words;
}

std::optional<std::uint64_t> number_in(std::string_view word) {
    std::uint64_t number = 0;
    const auto end = word.data() + word.size();
    const auto [rest, status] = std::from_chars(word.data(), end, number);
    if (status != std::errc{} || rest != end) return std::nullopt;
    return number;
}

std::size_t equal_bytes(std::string_view a, std::string_view b) {
    std::size_t equal = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) equal += a[i] == b[i];
    return equal;
}

// Another word altogether in front is an answer of its own; one that differs in a letter is not.
bool begins_like(std::string_view reply, std::string_view probe) {
    return equal_bytes(reply.substr(0, 4), probe.substr(0, 4)) > 0;
}

}  // namespace

std::size_t PingProbes::size_of(std::uint64_t number) {
    constexpr std::size_t word = 5, blank = 1, seconds = 10, point = 1, fraction = 9, cookie = 6;
    return word + std::to_string(number).size() + blank + seconds + point + fraction + cookie;
}

std::string PingProbes::time_token(std::uint64_t number) const {
    const auto time = times_[number - first_].count();
    const auto digits = size_of(number);
    const std::string padding(size_bytes_ > digits ? size_bytes_ - digits : 0, '0');
    return fmt::format("{}.{:09}{}{:06}", time / second, time % second, padding, cookie_);
}

std::string PingProbes::text(std::string_view word, std::uint64_t number) const {
    return fmt::format("{} {} {}", word, number, time_token(number));
}

std::string PingProbes::next(nanoseconds since_epoch) {
    // Never the same time twice, so that a time names its probe.
    if (!times_.empty()) since_epoch = std::max(since_epoch, times_.back() + nanoseconds(1));
    if (times_.size() == remembered) {
        times_.pop_front();
        ++first_;
    }
    times_.push_back(since_epoch);
    return text("Ping", sent());
}

std::optional<std::uint64_t> PingProbes::number_by_time(std::string_view token) const {
    const auto point = token.find('.');
    const auto seconds = number_in(token.substr(0, point));
    if (point == token.npos || !seconds || *seconds > INT64_MAX / second - 1) return std::nullopt;
    const auto fraction = number_in(token.substr(point + 1, 9));
    if (!fraction) return std::nullopt;
    const nanoseconds time(static_cast<std::int64_t>(*seconds) * second +
                           static_cast<std::int64_t>(*fraction));
    const auto found = std::ranges::lower_bound(times_, time);
    if (found == times_.end() || *found != time) return std::nullopt;
    const auto number = first_ + static_cast<std::uint64_t>(found - times_.begin());
    return time_token(number) == token ? std::optional(number) : std::nullopt;
}

struct PingProbes::Tokens {
    std::optional<std::uint64_t> number;   // of a probe that is remembered
    std::optional<std::uint64_t> by_time;  // the probe that has this time
    bool has_cookie = false;
    bool has_ping = false;
};

PingProbes::Tokens PingProbes::read(std::string_view text) const {
    const auto cookie = fmt::format("{:06}", cookie_);
    Tokens tokens;
    for (const auto word : words_of(text)) {
        if (const auto number = number_in(word); number && remembers(*number) && !tokens.number)
            tokens.number = number;
        if (const auto number = number_by_time(word)) tokens.by_time = number;
        tokens.has_cookie = tokens.has_cookie || word.ends_with(cookie);
        tokens.has_ping = tokens.has_ping || ascii_lowered(word) == "ping";
    }
    return tokens;
}

bool PingProbes::is_damaged(std::string_view reply, std::uint64_t number, bool intact) const {
    if (text("ping", number).starts_with(reply)) return true;
    for (const auto word : {"ping", "pong"}) {
        const auto probe = text(word, number);
        if (reply.starts_with(probe)) return true;
        if (reply.size() != probe.size()) continue;
        if (intact && !begins_like(reply, probe)) continue;
        if (2 * equal_bytes(reply, probe) > probe.size()) return true;
    }
    return false;
}

PingProbes::Judgement PingProbes::judge(std::string_view reply,
                                        std::optional<std::uint64_t> outstanding) const {
    const auto text = ascii_lowered(without_padding(reply));
    const auto tokens = read(text);
    const auto it_is = [&](std::uint64_t number) {
        return text == this->text("ping", number) || text == this->text("pong", number);
    };
    for (const auto number : {tokens.by_time, tokens.number})
        if (number && it_is(*number)) return {Kind::verified, *number};

    const bool intact = tokens.number && tokens.number == tokens.by_time;
    for (const auto number : {tokens.by_time, outstanding, tokens.number})
        if (number && remembers(*number) && is_damaged(text, *number, intact))
            return {Kind::corrupt, *number};

    const bool same_probe = !tokens.by_time || tokens.by_time == tokens.number;
    if (tokens.number && tokens.has_cookie && same_probe) return {Kind::verified, *tokens.number};
    const bool shares = tokens.has_ping || tokens.by_time ||
                        (tokens.number && (!outstanding || tokens.number == outstanding));
    if (shares) return {Kind::corrupt, tokens.by_time.value_or(tokens.number.value_or(0))};
    if (outstanding) return {Kind::unverified, *outstanding};
    // A flipped bit may have made one word of the number and the time.
    constexpr std::uint64_t recent = 1000;
    for (auto number = sent(); remembers(number) && sent() - number < recent; --number)
        if (is_damaged(text, number, false)) return {Kind::corrupt, number};
    return {};
}

std::optional<std::uint64_t> PingProbes::number_of(std::string_view probe) const {
    return read(probe).by_time;
}

std::string pong_of(std::string_view probe) {
    std::string answer(probe);
    if (answer.starts_with("Ping ")) answer[1] = 'o';
    return answer;
}

}  // namespace nettool::proto
