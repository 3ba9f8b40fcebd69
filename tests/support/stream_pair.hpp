#pragma once
// Two connected Streams, plain or TLS, and coroutines to run on them.

#include "nettool/net/stream.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <stdexcept>
#include <string>

namespace nettool::test {

inline net::Stream stream_of(asio::local::stream_protocol::socket socket, net::Side side,
                             const net::StreamOptions& options) {
    net::Flow flow;
    flow.id = net::next_flow_id();
    flow.side = side;
    return net::Stream(std::move(socket), std::move(flow), options);
}

/// Runs both sides to their end, which must come within five seconds.
template <class Server, class Client>
void converse(Server server, const net::StreamOptions& servers, Client client,
              const net::StreamOptions& clients) {
    asio::io_context io;
    asio::local::stream_protocol::socket left(io), right(io);
    asio::local::connect_pair(left, right);
    const auto rethrow = [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    };
    asio::co_spawn(io, client(stream_of(std::move(right), net::Side::client, clients)), rethrow);
    asio::co_spawn(io, server(stream_of(std::move(left), net::Side::server, servers)), rethrow);
    io.run_for(std::chrono::seconds(5));
    if (!io.stopped()) throw std::runtime_error("the conversation did not end");
}

/// The server's side and the client's of a conversation that is TLS if `tls` says so.
inline awaitable<void> shake_hands(net::Stream& stream, bool tls) {
    if (!tls) co_return;
    const bool client = stream.flow().side == net::Side::client;
    net::Trust nobody;
    nobody.verify = false;
    auto context = client ? net::client_tls(nobody, {}) : net::server_tls({}, {}).context;
    const auto shaken = co_await stream.start_tls(std::move(context), {});
    if (!shaken) throw std::runtime_error(shaken.error().message());
}

}  // namespace nettool::test
