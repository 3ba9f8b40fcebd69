// Recognises and follows HTTP/1 (RFC 9112).

#include "dialects.hpp"
#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr std::array<std::string_view, 9> methods = {
    "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "TRACE ", "PATCH "};

bool begins_request(std::string_view bytes) {
    return std::ranges::any_of(methods, [&](auto method) { return bytes.starts_with(method); });
}

// A whole request line of a method that we do not know, too.
bool is_request_line(std::string_view line) {
    return line.find(" HTTP/1.") != std::string_view::npos && line.find(' ') > 0 &&
           line.find(' ') < line.find(" HTTP/1.");
}

std::uint64_t number(std::string_view text, int base) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
}

struct Head {
    std::string start;
    std::string type;
    std::optional<std::uint64_t> length;
    bool chunked = false;

    void add(std::string_view line) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return;
        const auto name = ascii_lowered(line.substr(0, colon));
        const auto value = trimmed(line.substr(colon + 1));
        if (name == "content-type") type = value;
        if (name == "content-length") length = number(value, 10);
        if (name == "transfer-encoding") chunked = ascii_lowered(value).ends_with("chunked");
    }
};

// One direction of the connection.
class Messages {
public:
    enum class Part { start, fields, body, chunk_size, chunk_end, trailers, rest, lost };

    // Calls `told` with each head that is whole; it says whether there is a body.
    template <class Told>
    void read(std::string_view bytes, Told told) {
        while (!bytes.empty() || !lines_.empty()) {
            if (part_ == Part::rest || part_ == Part::lost) return lines_.clear();
            if (part_ == Part::body) {
                if (!read_body(bytes)) return;
                continue;
            }
            lines_.feed(std::exchange(bytes, {}));
            const auto line = lines_.next();
            if (!line) return;
            if (read_line(*line)) part_ = told(head_) ? body_part() : Part::start;
        }
    }

    void lose(std::string_view next) {
        lines_.clear();
        const bool message = begins_request(next) || next.starts_with("HTTP/1.");
        part_ = message ? Part::start : Part::lost;
    }
    void take_rest() { part_ = Part::rest; }
    bool lost() const noexcept { return part_ == Part::lost; }
    std::size_t memory() const noexcept { return lines_.memory(); }

private:
    bool read_body(std::string_view& bytes) {
        left_ -= lines_.drop(left_);
        const auto now = std::min<std::uint64_t>(left_, bytes.size());
        bytes.remove_prefix(now);
        left_ -= now;
        if (left_ > 0) return false;
        part_ = head_.chunked ? Part::chunk_end : Part::start;
        return true;
    }

    Part body_part() {
        if (head_.chunked) return Part::chunk_size;
        if (!head_.length) return Part::rest;
        left_ = *head_.length;
        return left_ > 0 ? Part::body : Part::start;
    }

    // Whether a head has come to its end.
    bool read_line(const std::string& line) {
        switch (part_) {
            case Part::start:
                if (line.empty()) return false;  // RFC 9112, section 2.2
                head_ = {};
                head_.start = line;
                part_ = Part::fields;
                return false;
            case Part::fields: head_.add(line); return line.empty();
            case Part::chunk_size:
                left_ = number(trimmed(line), 16);
                part_ = left_ > 0 ? Part::body : Part::trailers;
                return false;
            case Part::chunk_end: part_ = Part::chunk_size; return false;
            case Part::trailers:
                if (line.empty()) part_ = Part::start;
                return false;
            default: return false;
        }
    }

    Part part_ = Part::start;
    TextLines lines_;
    Head head_;
    std::uint64_t left_ = 0;
};

std::string body_text(const Head& head) {
    std::string text;
    if (!head.type.empty()) text += ", " + head.type;
    if (head.chunked)
        text += ", in chunks";
    else if (head.length)
        text += fmt::format(", {} B", *head.length);
    return text;
}

class Http final : public Dialect {
public:
    std::string_view name() const override { return "HTTP"; }
    std::size_t memory() const override { return requests_.memory() + answers_.memory(); }

    void read(const Heard& heard, Said& said) override {
        auto& messages = heard.way == Way::to_server ? requests_ : answers_;
        if (heard.behind_gap || messages.lost()) messages.lose(heard.bytes);
        if (heard.way == Way::to_server)
            messages.read(heard.bytes, [&](const Head& head) { return request(head, said); });
        else
            messages.read(heard.bytes, [&](const Head& head) { return answer(head, said); });
    }

private:
    bool request(const Head& head, Said& said) {
        constexpr std::size_t most_waiting = 1000;
        const auto method = head.start.substr(0, head.start.find(' '));
        if (waiting_.size() < most_waiting) waiting_.push_back(method);
        const auto version = head.start.rfind(" HTTP/");
        said.add("HTTP " + head.start.substr(0, version) + body_text(head));
        return head.chunked || head.length.value_or(0) > 0;
    }

    bool answer(const Head& head, Said& said) {
        const auto status = head.start.find(' ');
        const auto code = status == std::string::npos ? "" : head.start.substr(status + 1, 3);
        const bool interim = code.starts_with('1');
        std::string method;
        if (!waiting_.empty()) method = waiting_.front();
        if (!waiting_.empty() && !interim) waiting_.pop_front();
        said.add("HTTP " +
                 (status == std::string::npos ? head.start : head.start.substr(status + 1)) +
                 body_text(head));
        const bool tunnel = code == "101" || (method == "CONNECT" && code.starts_with('2'));
        if (tunnel) requests_.take_rest();
        if (tunnel) answers_.take_rest();
        return tunnel || !(interim || code == "204" || code == "304" || method == "HEAD");
    }

    Messages requests_, answers_;
    std::deque<std::string> waiting_;  // methods
};

}  // namespace

std::unique_ptr<Dialect> recognise_http(const Opening& opening) {
    if (!opening.is_tcp) return nullptr;
    const auto line = opening.request.substr(0, opening.request.find('\n'));
    const bool request = begins_request(line) || is_request_line(line);
    if (!request && !opening.answer.starts_with("HTTP/1.")) return nullptr;
    return std::make_unique<Http>();
}

}  // namespace nettool::proto
