// The ways of a request that may go: through faults on purpose, to a server, or into a tunnel.

#include "nettool/base/text.hpp"
#include "nettool/net/task_group.hpp"
#include "session.hpp"
#include "tunnel.hpp"
#include "upstream.hpp"

#include <fmt/format.h>

namespace nettool::proxy {

awaitable<Outcome> Session::go_through_faults(const Destination& to, Transaction& transaction) {
    auto injected = co_await inject(to, transaction);
    if (injected) co_return *std::move(injected);
    co_return co_await forward(to, transaction);
}

// An outcome where the fault is the answer.
awaitable<std::optional<Outcome>> Session::inject(const Destination& to, Transaction& transaction) {
    using Kind = proto::FaultAction::Kind;
    const auto field = [&](std::string_view name) -> std::optional<std::string_view> {
        if (name == "method") return exchange_.request.method;
        return name == "host" ? std::string_view(to.host) : std::string_view(transaction.url);
    };
    const auto actions = service_.parts().faults->judge(field);
    for (const auto& action : actions) {
        const auto words = proto::to_string(action);
        append_joined(transaction.injected, ", ", words);
        stream_.note_fault(words);
        if (action.time.count() > 0) co_await net::pause(action.time);
        net::StreamFaultOptions slow;
        slow.bytes_per_second = action.bytes_per_second;
        if (action.kind == Kind::rate) stream_.imitate(slow);
        if (action.kind == Kind::rate || action.kind == Kind::latency) continue;
        Outcome outcome;
        outcome.keeps = may_stay() && action.kind == Kind::reply;
        if (action.kind == Kind::reply)
            outcome.refused = Refused{action.status, "", "injected fault"};
        if (action.kind == Kind::reset) stream_.reset();
        co_return outcome;
    }
    co_return std::nullopt;
}

void Session::prepare_reverse() {
    const auto& reverse = *service_.settings().reverse;
    const auto& request = exchange_.request;
    const auto& peer = stream_.flow().peer;
    const std::string_view scheme = stream_.is_tls() ? "https" : "http";
    const bool is_v6 = peer.host.find(':') != peer.host.npos;
    const auto client = peer.is_unix ? std::string("unknown")
                        : is_v6      ? "\"[" + peer.host + "]\""
                                     : peer.host;
    exchange_.forwarded = fmt::format("for={};proto={}", client, scheme);
    exchange_.origin = (reverse.secured ? "https://" : "http://") + reverse.authority;
    exchange_.own_origin = fmt::format("{}://{}", scheme, request.host);
    if (request.host.empty()) return exchange_.own_origin.clear();
    exchange_.forwarded += fmt::format(";host=\"{}\"", request.host);
}

// No coroutine: each costs memory for each request.
awaitable<Outcome> Session::forward(const Destination& to, Transaction& transaction) {
    if (to.kind == Destination::Kind::tunnel) return open_tunnel(to, transaction);
    if (service_.settings().reverse) prepare_reverse();
    const Forwarding::Client client{stream_, input_, exchange_};
    forwarding_.emplace(service_, lane_, client, to, transaction);
    return forwarding_->run();
}

awaitable<Outcome> Session::open_tunnel(const Destination& to, Transaction& transaction) {
    Outcome outcome;
    auto connected = co_await connect(service_, lane_, to, transaction);
    outcome.refused = std::move(connected.refused);
    outcome.keeps = outcome.refused.has_value();
    if (!connected.connection) co_return outcome;
    transaction.status = 200;
    const auto ec = co_await send_to(stream_, "HTTP/1.1 200 Connection established\r\n\r\n");
    if (ec) co_return outcome;
    auto& server = *connected.connection;
    const TunnelEnd here{stream_, input_}, there{server.stream, server.input};
    co_await carry_both_ways(service_, lane_, here, there, transaction);
    co_return outcome;
}

}  // namespace nettool::proxy
