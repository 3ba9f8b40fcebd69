#include "nettool/cli/progress.hpp"

#include "nettool/base/units.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nettool::cli {

using namespace std::chrono_literals;

namespace {

constexpr auto first_drawn_after = 500ms;
constexpr auto drawn_every = 100ms;

std::string clock_text(std::uint64_t seconds) {
    return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

std::string bar(double share, std::size_t width) {
    const auto full = std::min(width, static_cast<std::size_t>(share * static_cast<double>(width)));
    return "[" + std::string(full, '#') + std::string(width - full, ' ') + "]";
}

}  // namespace

std::string progress_line(std::uint64_t done, std::optional<std::uint64_t> total,
                          std::chrono::milliseconds elapsed, unsigned columns) {
    const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(1, elapsed.count()));
    const double rate = static_cast<double>(done) * 1000 / static_cast<double>(ms);
    std::string line =
        fmt::format("{} {}/s {}", human_size(done), human_size(static_cast<std::uint64_t>(rate)),
                    clock_text(ms / 1000));
    if (total && *total > 0) {
        const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(*total));
        const auto left =
            rate > 0 && done < *total ? static_cast<double>(*total - done) / rate : 0.0;
        line += fmt::format(" left {} {:3.0f}%", clock_text(static_cast<std::uint64_t>(left)),
                            share * 100);
        if (columns > line.size() + 12) line += " " + bar(share, columns - line.size() - 4);
    }
    return line.substr(0, columns > 0 ? columns - 1 : 0);
}

Progress::Progress(const Log& log, bool wanted, std::optional<std::uint64_t> total)
    : sink_(log.sink()),
      wanted_(wanted && log.level() != Log::Level::quiet && sink_.is_terminal()),
      total_(total),
      next_(begin_ + first_drawn_after) {}

Progress::~Progress() {
    if (drawn_) sink_.write("\r\x1b[K");
}

void Progress::advance(std::uint64_t bytes) {
    done_ += bytes;
    if (!wanted_) return;
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + drawn_every;
    drawn_ = true;
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_);
    const auto room = sink_.columns() - std::min<std::size_t>(words_.size(), sink_.columns());
    sink_.write("\r" + words_ + progress_line(done_, total_, elapsed, static_cast<unsigned>(room)) +
                "\x1b[K");
}

}  // namespace nettool::cli
