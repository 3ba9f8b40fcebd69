#pragma once
// The latest requests, as many as there is room for, and how many of all are under way.

#include "nettool/proxy/transaction.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

namespace nettool::commands {

enum class RequestState { begun, opened, ended };

struct KeptRequest {
    RequestState state = RequestState::begun;
    std::shared_ptr<const proxy::Transaction> transaction;
};

/// Used from any thread.
class KeptRequests {
public:
    struct Limits {
        std::size_t requests = 1000;
        std::size_t bytes = 8UL * 1024 * 1024;
    };
    struct Counts {
        std::size_t kept = 0;
        std::size_t under_way = 0;     // kept or not
        std::size_t most_at_once = 0;  // of them, since the last clear()
    };

    explicit KeptRequests(const Limits& limits) : limits_(limits) {}

    /// The same again, with what is known by now; the oldest go where there is no room, those that
    /// are still under way last.
    void keep(const proxy::Transaction& transaction, RequestState state);
    /// Forgets all that have ended.
    void clear();

    /// At most so many, the newest first.
    std::vector<KeptRequest> newest(std::size_t limit) const;
    std::optional<KeptRequest> find(std::uint64_t id) const;
    Counts counts() const;

private:
    using Requests = std::map<std::uint64_t, KeptRequest>;

    void count(std::uint64_t id, RequestState state);
    void drop(Requests& requests, Requests::iterator which);
    void make_room();

    Limits limits_;
    mutable std::mutex mutex_;
    Requests under_way_;
    Requests ended_;
    std::size_t bytes_ = 0;
    std::unordered_set<std::uint64_t> running_;
    std::size_t most_at_once_ = 0;
};

}  // namespace nettool::commands
