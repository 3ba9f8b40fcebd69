// Recognises the greeting, chat and upper-case exercises.

#include "dialects.hpp"
#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr std::size_t most_shown = 40;

char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// `2026-10-05 14:03:22 +0000 127.0.0.1 54321`
bool is_greeting(std::string_view text) {
    constexpr std::string_view pattern = "dddd-dd-dd dd:dd:dd ";
    if (text.size() < pattern.size()) return false;
    return std::ranges::equal(pattern, text.substr(0, pattern.size()), [](char wanted, char c) {
        return wanted == 'd' ? c >= '0' && c <= '9' : wanted == c;
    });
}

class Greeting final : public Dialect {
public:
    std::string_view name() const override { return "greeting"; }
    void read(const Heard& heard, Said& said) override {
        if (heard.way == Way::to_client && is_greeting(heard.bytes))
            said.add("greeting: time, address and port of the client");
    }
};

class Chat final : public Dialect {
public:
    std::string_view name() const override { return "chat"; }
    std::size_t memory() const override { return lines_[0].memory() + lines_[1].memory(); }

    void read(const Heard& heard, Said& said) override {
        auto& lines = lines_[heard.way == Way::to_server ? 0 : 1];
        lines.feed(heard.bytes);
        while (const auto line = lines.next()) one(heard.way, *line, said);
        // Naive programs send no line feeds: one write is one line.
        if (!lines.empty()) one(heard.way, lines.rest(), said);
    }

private:
    void one(Way way, const std::string& line, Said& said) {
        const auto text = std::string(trimmed(line)).substr(0, most_shown);
        if (text.empty()) return;
        if (way == Way::to_client) return from_server(text, said);
        if (!std::exchange(named_, true)) return said.add("chat identification " + text);
        said.add("chat message");
    }

    void from_server(const std::string& text, Said& said) {
        if (!std::exchange(asked_, true)) return said.add("chat question for an identification");
        const auto colon = text.find(": ");
        if (text.starts_with("* ")) return said.add("chat notice");
        if (text.starts_with("Welcome")) return said.add("chat welcome");
        if (colon == std::string::npos) return said.add("chat text");
        said.add("chat message of " + text.substr(0, colon));
    }

    std::array<TextLines, 2> lines_;
    bool asked_ = false, named_ = false;
};

/// Letters beyond ASCII may change their length, and are not judged.
class Upper final : public Dialect {
public:
    explicit Upper(bool is_tcp) : is_tcp_(is_tcp) {}
    std::string_view name() const override { return "upper-case"; }
    std::size_t memory() const override { return asked_.capacity(); }

    void read(const Heard& heard, Said& said) override {
        constexpr std::size_t most_asked = 128UL << 10;
        if (heard.behind_gap || !is_ascii(heard.bytes)) judges_ = false;
        if (heard.way == Way::to_server) {
            if (!is_tcp_) asked_.clear();
            asked_ += heard.bytes;
            if (asked_.size() > most_asked) judges_ = false;
            if (!judges_) std::string().swap(asked_);
            return said.add("text");
        }
        if (!judges_) return said.add("upper-case text");
        const auto size = std::min(asked_.size(), heard.bytes.size());
        const bool right =
            size == heard.bytes.size() &&
            std::equal(asked_.begin(), asked_.begin() + static_cast<std::ptrdiff_t>(size),
                       heard.bytes.begin(),
                       [](char asked, char answered) { return ascii_upper(asked) == answered; });
        asked_.erase(0, size);
        said.add(right ? "upper-case text, right" : "upper-case text, wrong");
    }

private:
    bool is_tcp_;
    bool judges_ = true;
    std::string asked_;
};

}  // namespace

std::unique_ptr<Dialect> recognise_greeting(const Opening& opening) {
    if (!opening.is_tcp || !opening.request.empty() || !is_greeting(opening.answer)) return nullptr;
    return std::make_unique<Greeting>();
}

std::unique_ptr<Dialect> recognise_chat(const Opening& opening) {
    const auto question = ascii_lowered(trimmed(opening.answer.substr(0, 200)));
    const bool asks = question.starts_with("welcome to the chat") || question == "nick" ||
                      question.find("identification") != std::string::npos;
    if (!opening.is_tcp || !asks) return nullptr;
    return std::make_unique<Chat>();
}

std::unique_ptr<Dialect> recognise_upper(const Opening& opening) {
    const auto size = std::min(opening.request.size(), opening.answer.size());
    if (size < 2) return nullptr;
    const auto asked = opening.request.substr(0, size), answered = opening.answer.substr(0, size);
    const bool changed = asked != answered;
    const bool upper = std::ranges::equal(asked, answered, [](char a, char b) {
        return ascii_upper(a) == b || ((a | b) & 0x80) != 0;
    });
    const bool letters = std::ranges::any_of(asked, [](char c) { return c >= 'a' && c <= 'z'; });
    if (!changed || !upper || !letters) return nullptr;
    return std::make_unique<Upper>(opening.is_tcp);
}

}  // namespace nettool::proto
