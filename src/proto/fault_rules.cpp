#include "nettool/proto/fault_rules.hpp"

#include "nettool/base/text.hpp"
#include "nettool/base/units.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <regex.h>

namespace nettool::proto {

using Kind = FaultAction::Kind;

class FaultPattern::Compiled {
public:
    explicit Compiled(const std::string& expression)
        : works_(::regcomp(&expression_, expression.c_str(),
                           REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0) {}
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;
    ~Compiled() {
        if (works_) ::regfree(&expression_);
    }

    bool works() const { return works_; }
    bool matches(const std::string& text) const {
        return ::regexec(&expression_, text.c_str(), 0, nullptr, 0) == 0;
    }

private:
    regex_t expression_{};
    bool works_;
};

std::optional<FaultPattern> FaultPattern::compile(const std::string& expression) {
    auto compiled = std::make_shared<Compiled>(expression);
    if (!compiled->works()) return std::nullopt;
    FaultPattern pattern;
    pattern.compiled_ = std::move(compiled);
    return pattern;
}

bool FaultPattern::matches(std::string_view text) const {
    constexpr std::size_t most = 1000;
    return compiled_->matches(std::string(text.substr(0, most)));
}

namespace {

bool parse_number(std::string_view text, std::uint64_t& number) {
    const auto end = text.data() + text.size();
    const auto [rest, status] = std::from_chars(text.data(), end, number);
    return status == std::errc{} && rest == end;
}

/// Takes a rule word by word; the first thing that is wrong ends it.
class Parser {
public:
    Parser(std::string_view text, std::span<const std::string_view> fields)
        : left_(text), fields_(fields) {}

    ParsedFaultRule run() {
        take_condition();
        do take_action();
        while (error_.empty() && goes_on_);
        take_share();
        take_times();
        if (error_.empty() && !peek().empty()) fail("unexpected", peek());
        if (!error_.empty()) return {std::nullopt, error_};
        return {std::move(rule_), {}};
    }

private:
    // Words end at blanks and behind a comma, which is a word of its own.
    std::string_view peek() {
        left_.remove_prefix(std::min(left_.find_first_not_of(" \t"), left_.size()));
        if (left_.starts_with(',')) return left_.substr(0, 1);
        return left_.substr(0, left_.find_first_of(" \t,"));
    }
    std::string_view next() {
        const auto word = peek();
        left_.remove_prefix(word.size());
        return word;
    }
    bool take(std::string_view word) {
        if (!error_.empty() || peek() != word) return false;
        next();
        return true;
    }
    void expect(std::string_view word) {
        if (error_.empty() && !take(word))
            fail("expected '" + std::string(word) + "' before", peek());
    }
    void fail(const std::string& what, std::string_view word) {
        if (error_.empty()) error_ = what + " " + (word.empty() ? "the end" : quoted(word));
    }

    void take_condition() {
        if (!take("when")) return;
        const auto field = next();
        if (std::ranges::find(fields_, field) == fields_.end()) fail("unknown field", field);
        rule_.field = field;
        expect("~");
        take_pattern();
        expect("then");
    }

    // Up to the slash that no backslash precedes.
    void take_pattern() {
        if (!error_.empty()) return;
        if (!peek().starts_with('/')) return fail("expected /RE/ before", peek());
        std::string expression;
        std::size_t i = 1;
        for (; i < left_.size() && left_[i] != '/'; ++i) {
            const bool escaped_slash = left_.substr(i, 2) == "\\/";
            if (escaped_slash) ++i;
            if (!escaped_slash && left_[i] == '\\' && i + 1 < left_.size())
                expression += left_[i++];
            expression += left_[i];
        }
        if (i >= left_.size()) return fail("no slash ends", left_);
        rule_.pattern = FaultPattern::compile(expression);
        if (!rule_.pattern) fail("bad expression", left_.substr(0, i + 1));
        left_.remove_prefix(i + 1);
    }

    void take_action() {
        if (!error_.empty()) return;
        goes_on_ = false;
        FaultAction action;
        const auto word = next();
        std::uint64_t status = 0;
        if (word == "latency") {
            action.kind = Kind::latency;
            take_time(action);
        } else if (word == "rate") {
            action.kind = Kind::rate;
            const auto size = next();
            if (!parse_size(size, action.bytes_per_second) || action.bytes_per_second == 0)
                fail("bad rate", size);
        } else if (word == "reset" || word == "close") {
            action.kind = word == "reset" ? Kind::reset : Kind::close;
            if (take("after")) take_time(action);
        } else if (word.size() == 3 && parse_number(word, status) && status >= 200) {
            action.status = static_cast<unsigned>(status);
            if (take("after")) take_time(action);
        } else {
            fail("unknown action", word);
        }
        rule_.actions.push_back(action);
        // A comma may also stand before the share or the number of times.
        if (take(",")) goes_on_ = !is_share(peek()) && !are_times();
    }

    void take_time(FaultAction& action) {
        const auto time = next();
        if (!parse_time(time, action.time)) fail("bad time", time);
    }

    static bool is_share(std::string_view word) { return word.ends_with('%'); }

    bool are_times() {
        const auto before = left_;
        std::uint64_t number = 0;
        const bool number_first = parse_number(next(), number);
        const bool are = number_first && (peek() == "times" || peek() == "time");
        left_ = before;
        return are;
    }

    void take_share() {
        if (!error_.empty() || !is_share(peek())) return;
        const auto share = next();
        if (!parse_share(share, rule_.chance)) fail("bad share", share);
        take(",");
    }

    void take_times() {
        if (!error_.empty() || !are_times()) return;
        std::uint64_t times = 0;
        parse_number(next(), times);
        rule_.times = times;
        next();
    }

    std::string_view left_;
    std::span<const std::string_view> fields_;
    FaultRule rule_;
    std::string error_;
    bool goes_on_ = false;
};

}  // namespace

std::string to_string(const FaultAction& action) {
    const auto after =
        action.time.count() > 0 ? fmt::format(" after {} ms", action.time.count()) : std::string();
    switch (action.kind) {
        case Kind::reply: return fmt::format("status {}{}", action.status, after);
        case Kind::latency: return fmt::format("latency of {} ms", action.time.count());
        case Kind::rate: return fmt::format("at {} bytes a second", action.bytes_per_second);
        case Kind::reset: return "reset" + after;
        case Kind::close: return "closed" + after;
    }
    return {};
}

ParsedFaultRule parse_fault_rule(std::string_view text, std::span<const std::string_view> fields) {
    return Parser(text, fields).run();
}

std::vector<FaultAction> FaultRules::judge(const Field& field) {
    const std::lock_guard lock(mutex_);
    std::vector<FaultAction> actions;
    for (auto& rule : rules_) {
        if (rule.times == 0) continue;
        if (rule.pattern) {
            const auto value = field(rule.field);
            if (!value || !rule.pattern->matches(*value)) continue;
        }
        if (rule.chance < 1 && !dice_.happens(rule.chance)) continue;
        if (rule.times) --*rule.times;
        actions.insert(actions.end(), rule.actions.begin(), rule.actions.end());
    }
    return actions;
}

}  // namespace nettool::proto
