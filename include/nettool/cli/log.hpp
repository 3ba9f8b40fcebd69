#pragma once
// Diagnostics go to standard error, a whole line at a time, from any thread.

#include "nettool/cli/sink.hpp"

#include <string>
#include <string_view>

namespace nettool::cli {

/// What is worth a line depends on -q and -v.
class Log {
public:
    enum class Level { quiet, normal, verbose };

    Log(Sink& sink, Level level, std::string prefix, bool colored)
        : sink_(&sink), level_(level), prefix_(std::move(prefix)), colored_(colored) {}

    void error(std::string_view text) const;   // always
    void notice(std::string_view text) const;  // not with -q
    void detail(std::string_view text) const;  // only with -v

    Level level() const noexcept { return level_; }
    const std::string& prefix() const noexcept { return prefix_; }
    bool colored() const noexcept { return colored_; }
    Sink& sink() const noexcept { return *sink_; }

private:
    Sink* sink_;
    Level level_;
    std::string prefix_;
    bool colored_;
};

}  // namespace nettool::cli
