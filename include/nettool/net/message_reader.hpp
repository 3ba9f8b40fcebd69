#pragma once
// Learned framing: what people and naive programs send is one message at LF, at the end or at a
// gap.

#include "nettool/net/stream.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::net {

/// How long a silence ends a message: learned from the connection unless fixed or off.
class Gap {
public:
    Gap() = default;
    static Gap fixed(std::chrono::milliseconds length) { return Gap(length); }
    static Gap off() { return Gap(std::chrono::milliseconds(0)); }

    /// clamp(4 × smoothed RTT, 30 ms, 500 ms); 2 s once the peer has ended a line, for then it
    /// knows how; zero: no gap ends anything.
    std::chrono::milliseconds length(const Stream& stream, bool saw_line_feed) const;

    friend bool parse_value(std::string_view text, Gap& gap);  // MS, a time, or "off"
    friend std::string to_string(const Gap& gap);

private:
    explicit Gap(std::chrono::milliseconds length) : fixed_(length) {}

    std::optional<std::chrono::milliseconds> fixed_;
};

struct Message {
    enum class Ending { line_feed, gap, end };

    std::string text;  // without LF and one CR before it, up to the first NUL
    Ending ending = Ending::line_feed;
};

/// The same without I/O: bytes in, messages out.
class MessageAssembler {
public:
    explicit MessageAssembler(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    void feed(std::string_view bytes) { pending_ += bytes; }
    std::optional<Message> next_line();
    /// What is left, at a gap or at the end; nothing if nothing is.
    std::optional<Message> take_rest(Message::Ending ending);

    bool unfinished() const noexcept { return !pending_.empty(); }
    std::string_view pending() const noexcept { return pending_; }
    bool too_long() const noexcept { return pending_.size() > max_bytes_; }
    bool saw_line_feed() const noexcept { return saw_line_feed_; }

private:
    std::size_t max_bytes_;
    std::string pending_;
    std::size_t searched_ = 0;  // no LF before here
    bool saw_line_feed_ = false;
};

/// What can be said of a message that no line feed has ended yet.
enum class Shape {
    open,   // the usual gap ends it
    half,   // more must come: only half a second of silence ends it
    whole,  // it ends here, without any wait
};

class MessageReader {
public:
    using Judge = std::function<Shape(std::string_view)>;

    MessageReader(Stream& stream, Gap gap, std::size_t max_bytes, Judge judge = {})
        : stream_(stream), gap_(gap), assembler_(max_bytes), judge_(std::move(judge)) {}

    /// The next message; asio::error::eof after the last, Errc::message_too_long beyond the bound.
    awaitable<result<Message>> next();

private:
    Shape shape() const { return judge_ ? judge_(assembler_.pending()) : Shape::open; }
    std::chrono::milliseconds patience() const;

    Stream& stream_;
    Gap gap_;
    MessageAssembler assembler_;
    Judge judge_;
    bool ended_ = false;
};

}  // namespace nettool::net
