#pragma once
// A progress bar on standard error, while that is a terminal and the work takes long enough.

#include "nettool/cli/log.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace nettool::cli {

/// One line of at most `columns`: bytes, share, rate and time left where the total is known.
std::string progress_line(std::uint64_t done, std::optional<std::uint64_t> total,
                          std::chrono::milliseconds elapsed, unsigned columns);

class Progress {
public:
    /// Draws nothing with -q, off a terminal, or when `wanted` is false.
    Progress(const Log& log, bool wanted, std::optional<std::uint64_t> total);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();  // takes the line away

    void advance(std::uint64_t bytes);
    /// More is coming than was known.
    void expect(std::uint64_t bytes) { total_ = total_.value_or(0) + bytes; }
    /// Stands before the numbers from now on.
    void say(std::string words) { words_ = std::move(words); }

private:
    using Clock = std::chrono::steady_clock;

    Sink& sink_;
    bool wanted_;
    std::optional<std::uint64_t> total_;
    std::string words_;
    std::uint64_t done_ = 0;
    Clock::time_point begin_ = Clock::now();
    Clock::time_point next_;
    bool drawn_ = false;
};

}  // namespace nettool::cli
