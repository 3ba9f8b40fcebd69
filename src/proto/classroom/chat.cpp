#include "nettool/proto/classroom/chat.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>
#include <uniwidth.h>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;

constexpr int most_columns = 32;

const std::uint8_t* bytes_of(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

// What is not seen, or looks like another character that is: U+200B, U+00A0, U+202E, …
bool is_deceptive(ucs4_t c) {
    return c != ' ' &&
           (uc_is_cntrl(c) || uc_is_property_white_space(c) ||
            uc_is_property_default_ignorable_code_point(c) || uc_is_property_bidi_control(c) ||
            uc_is_property_line_separator(c) || uc_is_property_paragraph_separator(c));
}

// One character at a time; what is not UTF-8 is one byte.
struct Character {
    std::string_view bytes;
    ucs4_t code;
    bool valid;
};

Character next_character(std::string_view text) {
    const auto length = utf8_sequence_length(text);
    if (length == 0) return {text.substr(0, 1), 0, false};
    ucs4_t code = 0;
    u8_mbtouc(&code, bytes_of(text), length);
    return {text.substr(0, length), code, true};
}

std::string folded(const std::string& name) {
    std::size_t size = 0;
    auto* text = u8_casefold(bytes_of(name), name.size(), nullptr, UNINORM_NFKC, nullptr, &size);
    if (!text) return name;
    std::string result(reinterpret_cast<const char*>(text), size);
    std::free(text);
    return result;
}

// Where a text of so many bytes is cut so that no character is.
std::size_t whole_characters(std::string_view text, std::size_t most) {
    for (std::size_t back = 0; back < 4 && back < most; ++back) {
        const auto cut = most - back;
        const bool inside = (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80;
        if (!inside) return cut;
    }
    return most;
}

std::string_view without_own_name(std::string_view name, std::string_view text) {
    if (!text.starts_with(name) || !text.substr(name.size()).starts_with(':')) return text;
    text.remove_prefix(name.size() + 1);
    if (text.starts_with(' ')) text.remove_prefix(1);
    return text;
}

// Where the line ends: at LF or NUL. Two quick searches for one that looks at each character twice.
std::size_t line_size(std::string_view text) {
    const auto size = std::min(text.find('\n'), text.size());
    return std::min(text.substr(0, size).find('\0'), size);
}

}  // namespace

std::string chat_name(std::string_view identification) {
    auto left = trimmed(identification);
    std::string name;
    for (int columns = 0; !left.empty();) {
        const auto character = next_character(left);
        left.remove_prefix(character.bytes.size());
        // A colon would end the name where another begins; an asterisk begins a server's line.
        const bool bad = !character.valid || is_deceptive(character.code) ||
                         character.code == ':' || (character.code == '*' && name.empty());
        columns += bad ? 1 : std::max(0, uc_width(character.code, "UTF-8"));
        if (columns > most_columns) break;
        name += bad ? std::string_view("_") : character.bytes;
    }
    return std::string(trimmed(name));
}

bool ChatNames::take(const std::string& name) { return folded_.insert(folded(name)).second; }

std::string ChatNames::take_any(const std::string& name) {
    if (take(name)) return name;
    for (unsigned number = 2;; ++number) {
        auto another = name + "-" + std::to_string(number);
        if (take(another)) return another;
    }
}

void ChatNames::give_back(const std::string& name) { folded_.erase(folded(name)); }

ChatLines::Line ChatLines::take(std::size_t size, std::size_t separator) {
    Line line;
    line.text = pending_.substr(begin_, size);
    line.has_line_feed = separator == 1 && pending_[begin_ + size] == '\n';
    saw_line_feed_ = saw_line_feed_ || line.has_line_feed;
    if (line.text.ends_with('\r')) line.text.pop_back();
    begin_ += size + separator;
    searched_ = 0;
    return line;
}

std::optional<ChatLines::Line> ChatLines::next() {
    const auto begin = begin_ + searched_;
    const auto found = begin + line_size(std::string_view(pending_).substr(begin));
    const auto size = found - begin_;
    if (size > max_bytes)
        return take(whole_characters(std::string_view(pending_).substr(begin_), max_bytes), 0);
    if (found < pending_.size()) return take(size, 1);
    // Nothing is whole: what was taken goes, all at once.
    pending_.erase(0, begin_);
    begin_ = 0;
    searched_ = pending_.size();
    if (pending_.empty()) pending_.shrink_to_fit();
    return std::nullopt;
}

std::optional<ChatLines::Line> ChatLines::rest() {
    if (!unfinished()) return std::nullopt;
    auto line = take(pending_.size() - begin_, 0);
    pending_.clear();
    pending_.shrink_to_fit();
    begin_ = 0;
    return line;
}

std::string chat_message(std::string_view name, std::string_view text) {
    const auto said = without_own_name(name, text);
    if (trimmed(said).empty()) return {};
    std::string line(name);
    line.append(": ").append(escaped(said)) += '\n';
    return line;
}

std::string others_here(std::size_t count, std::span<const std::string_view> names) {
    auto text = fmt::format("{} {} here", count, count == 1 ? "other" : "others");
    std::string_view separator = ": ";
    for (const auto name : names.first(std::min(names.size(), most_names))) {
        text.append(separator).append(name);
        separator = ", ";
    }
    if (count > most_names) text += fmt::format(" and {} more", count - most_names);
    return text;
}

std::optional<std::string> ChatCrowd::moved(Move move, std::string_view name, std::string_view why,
                                            Clock::time_point now) {
    const bool nothing_counted = joined_ + left_ == 0;
    if (now - begin_ >= 1s && nothing_counted) {
        begin_ = now;
        moves_ = 0;
    }
    if (++moves_ > one_by_one) {
        ++(move == Move::join ? joined_ : left_);
        return std::nullopt;
    }
    return fmt::format("* {} {}{}\n", name, move == Move::join ? "joined" : "left", why);
}

std::optional<ChatCrowd::Clock::time_point> ChatCrowd::due() const {
    return joined_ + left_ == 0 ? std::nullopt : std::optional(begin_ + 1s);
}

std::string ChatCrowd::counted() {
    std::string lines;
    if (joined_ > 0) lines += fmt::format("* {} joined\n", joined_);
    if (left_ > 0) lines += fmt::format("* {} left\n", left_);
    joined_ = left_ = 0;
    return lines;
}

}  // namespace nettool::proto
