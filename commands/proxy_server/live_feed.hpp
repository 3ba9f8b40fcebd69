#pragma once
// Keeps the latest requests, and tells the pages that are open what becomes of them.

#include "kept_requests.hpp"
#include "nettool/http/event_stream.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace nettool::commands {

/// Shared with what is still to be told, which may come behind the end of the page.
class LiveFeed : public std::enable_shared_from_this<LiveFeed> {
public:
    /// `strand`: of the pages.
    LiveFeed(asio::any_io_executor strand, const KeptRequests::Limits& limits)
        : kept_(limits), events_(strand), strand_(strand), pause_(strand) {}

    /// From any strand.  Pages hear of it a little later, of the latest state only where several
    /// follow closely.
    void note(const proxy::Transaction& transaction, RequestState state);

    /// Forgets what has ended, and tells the pages.
    void clear();

    const KeptRequests& kept() const noexcept { return kept_; }
    const http::EventStream& events() const noexcept { return events_; }

private:
    void tell_soon();
    void tell_changes();
    void tell_counts() const;

    KeptRequests kept_;
    http::EventStream events_;
    asio::any_io_executor strand_;
    asio::steady_timer pause_;  // on the strand
    std::mutex mutex_;
    std::vector<std::uint64_t> changed_;
};

}  // namespace nettool::commands
