#include "nettool/net/message_reader.hpp"

#include "nettool/base/errc.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace nettool::net {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

milliseconds Gap::length(const Stream& stream, bool saw_line_feed) const {
    if (fixed_) return *fixed_;
    if (saw_line_feed) return 2s;
    const auto learned = 4 * stream.round_trip_time();
    return std::clamp(std::chrono::ceil<milliseconds>(learned), milliseconds(30),
                      milliseconds(500));
}

bool parse_value(std::string_view text, Gap& gap) {
    if (text == "off") return gap = Gap::off(), true;
    std::uint32_t count = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit(end, text.data() + text.size());
    if (status != std::errc{} || count == 0) return false;
    if (unit.empty() || unit == "ms")
        gap = Gap::fixed(milliseconds(count));
    else if (unit == "s" && count <= 3600)
        gap = Gap::fixed(std::chrono::seconds(count));
    else
        return false;
    return true;
}

std::string to_string(const Gap& gap) {
    if (!gap.fixed_) return "learned";
    return gap.fixed_->count() == 0 ? "off" : std::to_string(gap.fixed_->count());
}

namespace {

Message message_of(std::string_view text, Message::Ending ending) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    Message message;
    message.text = text.substr(0, text.find('\0'));  // C programs send their whole buffer
    message.ending = ending;
    return message;
}

}  // namespace

std::optional<Message> MessageAssembler::next_line() {
    const auto end = pending_.find('\n', searched_);
    searched_ = end == pending_.npos ? pending_.size() : 0;
    if (end == pending_.npos || end > max_bytes_) return std::nullopt;
    saw_line_feed_ = true;
    auto message =
        message_of(std::string_view(pending_).substr(0, end), Message::Ending::line_feed);
    pending_.erase(0, end + 1);
    return message;
}

std::optional<Message> MessageAssembler::take_rest(Message::Ending ending) {
    if (pending_.empty()) return std::nullopt;
    auto message = message_of(pending_, ending);
    pending_.clear();
    searched_ = 0;
    return message;
}

// Zero: for ever.
milliseconds MessageReader::patience() const {
    if (!assembler_.unfinished()) return milliseconds(0);
    const auto gap = gap_.length(stream_, assembler_.saw_line_feed());
    const bool waits_longer = gap.count() > 0 && shape() == Shape::half;
    return waits_longer ? std::max<milliseconds>(gap, 500ms) : gap;
}

awaitable<result<Message>> MessageReader::next() {
    std::array<char, 4096> buffer;
    for (;;) {
        if (auto line = assembler_.next_line()) co_return *std::move(line);
        if (assembler_.too_long()) co_return error_code(Errc::message_too_long);
        if (ended_) break;
        const bool unfinished = assembler_.unfinished();
        if (unfinished && shape() == Shape::whole)
            co_return *assembler_.take_rest(Message::Ending::gap);
        // Nagle's algorithm on the other side waits for us to acknowledge the first half.
        if (unfinished) stream_.acknowledge_quickly();
        const auto size = co_await stream_.read(asio::buffer(buffer), patience());
        if (size.error() == Errc::paused)
            if (auto message = assembler_.take_rest(Message::Ending::gap))
                co_return *std::move(message);
        ended_ = size.error() == asio::error::eof;
        if (size.has_error() && !ended_ && size.error() != Errc::paused) co_return size.error();
        if (size) assembler_.feed({buffer.data(), *size});
    }
    if (auto last = assembler_.take_rest(Message::Ending::end)) co_return *std::move(last);
    co_return error_code(asio::error::eof);
}

}  // namespace nettool::net
