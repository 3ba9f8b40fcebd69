// Recognises the sum, add and look-up exercises, and whether an answer is right.

#include "dialects.hpp"
#include "nettool/proto/classroom/add.hpp"
#include "nettool/proto/classroom/lookup.hpp"
#include "nettool/proto/classroom/sum.hpp"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

/// The answers that are right, until the server's come.
class Expected {
public:
    // Each line is one.
    void add(std::string_view replies) {
        constexpr std::size_t most_waiting = 1000;
        while (!replies.empty()) {
            const auto end = std::min(replies.find('\n'), replies.size());
            const auto one = trimmed(replies.substr(0, end));
            if (!one.empty() && waiting_.size() < most_waiting) waiting_.emplace_back(one);
            replies.remove_prefix(std::min(end + 1, replies.size()));
        }
    }

    /// What is to be said of an answer.
    std::string judge(std::string_view protocol, std::string_view answer) {
        constexpr std::size_t most_shown = 60;
        const auto said = trimmed(answer);
        auto text = fmt::format("{} answer {}", protocol, said.substr(0, most_shown));
        if (said.size() > most_shown) text += "…";
        if (waiting_.empty()) return text;
        const auto right = std::move(waiting_.front());
        waiting_.pop_front();
        if (said == right) return text + ", right";
        return fmt::format("{}, wrong: not {}", text, right.substr(0, most_shown));
    }

private:
    std::deque<std::string> waiting_;
};

/// A dialog of ours is the judge of the server's.
template <class Dialog>
class Judged : public Dialect {
public:
    Judged(std::string_view name, Dialog dialog) : name_(name), dialog_(std::move(dialog)) {}

    std::string_view name() const override { return name_; }
    std::size_t memory() const override { return fed_; }

    void read(const Heard& heard, Said& said) override {
        lost_ = lost_ || heard.behind_gap || dialog_.failed();
        if (heard.way == Way::to_client) return answer(heard.bytes, said);
        if (lost_) return;
        const auto before = dialog_.answered() + dialog_.refused();
        fed_ = std::min<std::size_t>(fed_ + heard.bytes.size(), 128UL << 10);
        dialog_.feed(heard.bytes);
        expected_.add(dialog_.take_reply());
        const auto requests = dialog_.answered() + dialog_.refused() - before;
        if (requests == 1) said.add(fmt::format("{} request", name_));
        if (requests > 1) said.add(fmt::format("{} {} requests", requests, name_));
        if (requests > 0) fed_ = 0;
    }

private:
    void answer(std::string_view bytes, Said& said) {
        // A silence was its end; the answer shows that the server thought so.
        if (!lost_ && dialog_.undecided()) dialog_.pause();
        if (!lost_) expected_.add(dialog_.take_reply());
        for (auto rest = bytes; !rest.empty();) {
            const auto end = std::min(rest.find('\n'), rest.size());
            const auto line = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (!trimmed(line).empty()) said.add(expected_.judge(name_, line));
        }
    }

    std::string_view name_;
    Dialog dialog_;
    Expected expected_;
    std::size_t fed_ = 0;
    bool lost_ = false;
};

/// Each message is a packet of its own.
class Add final : public Dialect {
public:
    std::string_view name() const override { return "add"; }

    void read(const Heard& heard, Said& said) override {
        constexpr std::size_t most = 200;
        const auto text = trimmed(heard.bytes.substr(0, most));
        if (text.empty()) return;
        if (heard.way == Way::to_client)
            return said.add(text == "ack" ? "add ack" : expected_.judge("add", text));
        if (!std::exchange(named_, true)) return said.add(fmt::format("add name {}", text));
        expected_.add(add_answer(text));
        said.add("add request");
    }

private:
    bool named_ = false;
    Expected expected_;
};

}  // namespace

std::unique_ptr<Dialect> recognise_sum(const Opening& opening) {
    const auto request = opening.request;
    const bool alike = request.find_first_not_of("0123456789+-.| \t\r\n") == std::string_view::npos;
    const bool lists = request.find('|') != std::string_view::npos;
    const bool numbers = request.find_first_of("0123456789") != std::string_view::npos;
    if (!opening.is_tcp || !alike || !lists || !numbers) return nullptr;
    SumDialog::Limits limits;
    limits.characters = 64UL << 10;
    return std::make_unique<Judged<SumDialog>>("sum", SumDialog(limits));
}

std::unique_ptr<Dialect> recognise_lookup(const Opening& opening) {
    constexpr std::string_view names[] = {"{\"dictionary\"", "{\"dict\"", "{\"data\""};
    const auto request = trimmed(opening.request);
    const bool asks =
        std::ranges::any_of(names, [&](auto name) { return request.starts_with(name); });
    const bool answers =
        opening.answer.starts_with("{\"found\"") || opening.answer.starts_with("ERROR: key \"");
    const bool object = request.starts_with('{') || request.starts_with('[');
    if (!opening.is_tcp || !(asks || (object && answers))) return nullptr;
    LookupDialog::Limits limits;
    limits.bytes = 128UL << 10;
    return std::make_unique<Judged<LookupDialog>>("look-up", LookupDialog(limits));
}

std::unique_ptr<Dialect> recognise_add(const Opening& opening) {
    if (!opening.is_tcp || opening.request.empty() || trimmed(opening.answer) != "ack")
        return nullptr;
    return std::make_unique<Add>();
}

}  // namespace nettool::proto
