#include "nettool/http/connection_pool.hpp"

#include <algorithm>

namespace nettool::http {

std::unique_ptr<Connection> ConnectionPool::take(const std::string& place) {
    for (;;) {
        const auto found =
            std::ranges::find(waiting_.rbegin(), waiting_.rend(), place, &Waiting::place);
        if (found == waiting_.rend()) return nullptr;
        auto connection = std::move(found->connection);
        waiting_.erase(std::next(found).base());
        // The server may have closed it, or said something that nobody has asked for.
        if (!connection->stream.is_quiet()) continue;
        connection->reused = true;
        return connection;
    }
}

void ConnectionPool::put(std::string place, std::unique_ptr<Connection> connection) {
    connection->input.shrink();
    waiting_.push_back({std::move(place), std::move(connection)});
    if (waiting_.size() > most_) waiting_.pop_front();
}

}  // namespace nettool::http
