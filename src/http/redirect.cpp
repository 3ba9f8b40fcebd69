#include "nettool/http/redirect.hpp"

namespace nettool::http {
namespace {

// Without its port, which is the one that was asked.
std::string_view name_of(std::string_view host) {
    const auto end = host.starts_with('[') ? host.find(']') + 1 : host.find(':');
    return host.substr(0, end);
}

}  // namespace

awaitable<result<void>> redirect_to_https(Exchange& exchange) {
    const auto& request = exchange.request();
    exchange.close_afterwards();
    net::Endpoint place = exchange.flow().local;
    auto origin = to_string(place);
    if (!request.host.empty())
        origin = std::string(name_of(request.host)) + ":" + std::to_string(place.port);
    HeadWriter writer(307);
    const std::string_view target = request.target == "*" ? "/" : request.target;
    writer.field("Location", "https://" + origin + std::string(target));
    co_return co_await exchange.refuse(std::move(writer),
                                       "this port speaks HTTPS, so ask for https:// instead");
}

}  // namespace nettool::http
