#pragma once
// The rules of --inject: which steps of a protocol go wrong, how, and how often.
//
//   [when FIELD ~ /RE/ then] ACTION[, ACTION...] [PERCENT%] [N times]
//   ACTION = STATUS [after TIME] | latency TIME | rate SIZE | reset [after TIME] | close [after
//   TIME]

#include "nettool/base/dice.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct FaultAction {
    enum class Kind {
        reply,    // with this status instead of what would be right
        latency,  // before anything is answered
        rate,     // no more bytes a second from now on
        reset,
        close,
    };

    Kind kind = Kind::reply;
    unsigned status = 0;
    std::chrono::milliseconds time{0};  // of the latency; before the others
    std::uint64_t bytes_per_second = 0;

    bool operator==(const FaultAction&) const = default;
};

/// `status 503 after 2000 ms`, for those who look on.
std::string to_string(const FaultAction& action);

/// An extended regular expression (POSIX), found anywhere in a text without regard to case.
class FaultPattern {
public:
    /// Nothing if it is none.
    static std::optional<FaultPattern> compile(const std::string& expression);

    /// Looks at the first 1000 bytes, up to a NUL.
    bool matches(std::string_view text) const;

private:
    class Compiled;
    std::shared_ptr<const Compiled> compiled_;
};

struct FaultRule {
    std::string field;  // empty: always
    std::optional<FaultPattern> pattern;
    std::vector<FaultAction> actions;
    double chance = 1;
    std::optional<std::uint64_t> times;
};

struct ParsedFaultRule {
    std::optional<FaultRule> rule;
    std::string error;  // why there is none, with the offending word
};

/// Total over any text.  `fields`: the names that `when` may ask for.
ParsedFaultRule parse_fault_rule(std::string_view text, std::span<const std::string_view> fields);

/// All rules of one service; may be asked from any thread.
class FaultRules {
public:
    /// Nothing where the step has no such field; its rules are not for this step.
    using Field = std::function<std::optional<std::string_view>(std::string_view name)>;

    explicit FaultRules(std::uint64_t seed) : dice_(seed) {}

    void add(FaultRule rule) { rules_.push_back(std::move(rule)); }
    bool empty() const noexcept { return rules_.empty(); }

    /// What goes wrong in this step, in the order of the rules.
    std::vector<FaultAction> judge(const Field& field);

private:
    std::mutex mutex_;
    Dice dice_;
    std::vector<FaultRule> rules_;
};

}  // namespace nettool::proto
