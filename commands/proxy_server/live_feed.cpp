#include "live_feed.hpp"

#include "live_views.hpp"
#include "nettool/cli/json_line.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;

constexpr auto rhythm = 40ms;                // nobody sees more
constexpr std::size_t most_at_a_time = 300;  // a page that is told of more looks anew instead

}  // namespace

void LiveFeed::note(const proxy::Transaction& transaction, RequestState state) {
    kept_.keep(transaction, state);
    if (!events_.is_heard()) return;
    {
        const std::lock_guard lock(mutex_);
        changed_.push_back(transaction.id);
        if (changed_.size() > 1) return;
    }
    asio::post(strand_, [self = shared_from_this()] { self->tell_soon(); });
}

void LiveFeed::tell_soon() {
    pause_.expires_after(rhythm);
    pause_.async_wait([self = shared_from_this()](error_code) { self->tell_changes(); });
}

void LiveFeed::tell_changes() {
    std::vector<std::uint64_t> changed;
    {
        const std::lock_guard lock(mutex_);
        changed = std::exchange(changed_, {});
    }
    std::ranges::sort(changed);
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    if (changed.size() > most_at_a_time) {
        events_.tell("missed", "{}");
        changed.clear();
    }
    for (const auto id : changed) {
        const auto request = kept_.find(id);
        if (!request) continue;
        const auto live = live_request(*request);
        events_.tell(live.state, cli::json_line(live));
    }
    tell_counts();
}

void LiveFeed::tell_counts() const {
    events_.tell(LiveCounts::event, cli::json_line(live_counts(kept_.counts())));
}

void LiveFeed::clear() {
    kept_.clear();
    events_.tell("cleared", "{}");
    tell_counts();
}

}  // namespace nettool::commands
