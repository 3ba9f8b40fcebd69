#include "nettool/proxy/service.hpp"

#include "session.hpp"

#include <boost/assert.hpp>

#include <algorithm>

namespace nettool::proxy {

Service::Service(Settings settings, const Parts& parts, std::vector<std::unique_ptr<Lane>> lanes)
    : settings_(std::move(settings)), parts_(parts), lanes_(std::move(lanes)) {}

Lane& Service::lane_of(const net::Stream& client) const {
    const auto strand = client.get_executor();
    const auto found = std::ranges::find_if(
        lanes_, [&strand](const auto& lane) { return lane->strand == strand; });
    BOOST_ASSERT(found != lanes_.end());
    return **found;
}

awaitable<void> Service::serve(net::Stream client) {
    auto& lane = lane_of(client);
    Session session(*this, lane, std::move(client));
    co_await session.run();
}

}  // namespace nettool::proxy
