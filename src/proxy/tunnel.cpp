#include "tunnel.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/net/task_group.hpp"

#include <boost/asio/error.hpp>

namespace nettool::proxy {
namespace {

class Tunnel {
public:
    Tunnel(Lane& lane, TunnelEnd client, TunnelEnd server, Transaction& transaction)
        : lane_(lane), client_(client), server_(server), transaction_(transaction) {}

    awaitable<void> run() {
        co_await net::hear_requests_to_stop();
        std::exception_ptr failure;
        net::TaskGroup there(lane_.strand, [&](std::exception_ptr e) {
            failure = e;
            client_.stream.reset();
            server_.stream.reset();
        });
        there.spawn(carry_there());
        try {
            co_await carry(server_, client_, transaction_.sent_bytes);
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure) there.cancel(asio::cancellation_type::terminal);
        // TLS cannot say that it has finished and go on listening.
        if (client_.stream.is_tls()) there.cancel(asio::cancellation_type::terminal);
        co_await there.join();
        if (failure) std::rethrow_exception(failure);
        const bool stopped = co_await net::stop_requested();
        if (stopped) transaction_.cause = "the proxy was stopped";
        if (!stopped && client_.stream.is_tls()) co_await client_.stream.finish();
    }

private:
    awaitable<void> carry_there() {
        co_await net::hear_requests_to_stop();
        co_await carry(client_, server_, transaction_.received_bytes);
    }

    awaitable<void> carry(TunnelEnd from, TunnelEnd to, std::uint64_t& bytes) {
        const auto early = from.input.bytes();
        if (!early.empty()) {
            const auto written = co_await to.stream.write(early);
            bytes += early.size();
            from.input.take(early.size());
            if (!written) co_return break_off(from, to, written.error());
        }
        from.input.release();
        const auto copied = co_await net::relay(from.stream, to.stream, net::no_end, lane_.tools);
        bytes += copied.bytes;
        if (copied.write) co_return break_off(from, to, copied.write);
        if (copied.read != asio::error::eof) co_return break_off(from, to, copied.read);
        if (!to.stream.is_tls()) (void)to.stream.shut_down();
    }

    // Who has reset its connection has reset the tunnel.
    void break_off(TunnelEnd from, TunnelEnd to, error_code ec) {
        if (ec == asio::error::operation_aborted) return;  // the other direction has, or a stop
        if (transaction_.cause.empty() && ec == Errc::timed_out)
            transaction_.cause = "nothing came through the tunnel for too long (--tunnel-idle)";
        from.stream.reset();
        to.stream.reset();
    }

    Lane& lane_;
    TunnelEnd client_;
    TunnelEnd server_;
    Transaction& transaction_;
};

}  // namespace

awaitable<void> carry_both_ways(const Service& service, Lane& lane, TunnelEnd client,
                                TunnelEnd server, Transaction& transaction) {
    transaction.tunnel = true;
    service.parts().observer.opened(transaction);
    const auto quiet = service.settings().limits.quiet;
    client.stream.limit_idle(quiet);
    server.stream.limit_idle(quiet);
    Tunnel tunnel(lane, client, server, transaction);
    co_await tunnel.run();
}

}  // namespace nettool::proxy
