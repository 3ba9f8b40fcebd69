#include "nettool/net/connector.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/net/limits.hpp"
#include "nettool/net/task_group.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace nettool::net {
namespace {

using namespace std::chrono_literals;
using Generic = asio::generic::stream_protocol;
using Socket = Stream::Socket;

constexpr auto attempt_delay = 250ms;  // RFC 8305, section 5: "Connection Attempt Delay"
constexpr auto retry_delay = 10ms;

// Families by turns, the preferred one first (RFC 8305, section 4).
std::vector<asio::ip::address> interlaced(std::vector<asio::ip::address> addresses) {
    if (addresses.empty()) return addresses;
    const bool v6_first = addresses.front().is_v6();
    std::vector<asio::ip::address> first, second, mixed;
    for (auto& address : addresses)
        (address.is_v6() == v6_first ? first : second).push_back(address);
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) mixed.push_back(first[i]);
        if (i < second.size()) mixed.push_back(second[i]);
    }
    return mixed;
}

struct Connected {
    Socket socket;
    WallTime begun;  // of this attempt
};

// The attempts of one connect(), all on its executor.
class Race {
public:
    Race(const asio::any_io_executor& executor, const ConnectOptions& options)
        : executor_(executor),
          source_(options.source),
          phases_(options.phases),
          changed_(executor) {
        if (phases_) phases_->attempts.clear();  // of an earlier try
    }

    awaitable<result<Connected>> run(std::vector<Generic::endpoint> addresses) {
        TaskGroup attempts(executor_, [](std::exception_ptr) {});
        for (const auto& address : addresses) {
            if (winner_ || co_await stop_requested()) break;
            attempts.spawn(attempt(address));
            changed_.expires_after(attempt_delay);
            (void)co_await changed_.async_wait(no_throw);
        }
        while (!winner_ && failed_ < attempts_ && !co_await stop_requested()) {
            changed_.expires_after(attempt_delay);
            (void)co_await changed_.async_wait(no_throw);
        }
        attempts.cancel(asio::cancellation_type::terminal);
        co_await attempts.join();
        if (winner_) co_return std::move(*winner_);
        co_return last_error_;
    }

    awaitable<result<Connected>> run_single(Generic::endpoint address) {
        Connected connected{Socket(executor_), {}};
        const error_code ec = co_await noted(connected, std::move(address));
        if (ec) co_return ec;
        co_return connected;
    }

private:
    awaitable<error_code> noted(Connected& connected, Generic::endpoint address) {
        const auto index = phases_ ? phases_->attempts.size() : 0;
        if (phases_) {
            const auto now = std::chrono::steady_clock::now();
            phases_->attempts.push_back({endpoint_of(address, {}), now, {}, {}});
        }
        const error_code ec = co_await open_and_connect(connected, std::move(address));
        if (!phases_ || ec == asio::error::operation_aborted) co_return ec;
        auto& attempt = phases_->attempts[index];
        attempt.ended = std::chrono::steady_clock::now();
        attempt.error = ec;
        co_return ec;
    }

    awaitable<void> attempt(Generic::endpoint address) {
        ++attempts_;
        Connected connected{Socket(executor_), {}};
        const error_code ec = co_await noted(connected, std::move(address));
        if (ec) {
            ++failed_;
            last_error_ = ec;
        } else if (!winner_) {
            winner_.emplace(std::move(connected));
        }
        changed_.cancel();
    }

    awaitable<error_code> open_and_connect(Connected& connected, Generic::endpoint address) const {
        auto& socket = connected.socket;
        error_code ec;
        socket.open(address.protocol(), ec);
        if (!ec && !source_.empty()) {
            const auto source = asio::ip::make_address(source_, ec);
            if (!ec) socket.bind(stream_endpoint(source, 0), ec);
        }
        if (ec) co_return ec;
        connected.begun = std::chrono::system_clock::now();
        std::tie(ec) = co_await socket.async_connect(address, no_throw);
        // The connect of a Unix socket whose listener's queue is full says EAGAIN, which Asio takes
        // for "under way".
        if (!ec) (void)socket.remote_endpoint(ec);
        co_return ec == asio::error::not_connected ? asio::error::try_again : ec;
    }

    asio::any_io_executor executor_;
    std::string source_;
    ConnectPhases* phases_;
    asio::steady_timer changed_;
    std::optional<Connected> winner_;
    error_code last_error_ = asio::error::operation_aborted;
    std::size_t attempts_ = 0;
    std::size_t failed_ = 0;
};

awaitable<std::vector<asio::ip::address>> addresses_of(const Endpoint& endpoint,
                                                       const ConnectOptions& options) {
    if (!options.addresses.empty()) co_return options.addresses;
    auto addresses = co_await resolve(endpoint.host, options.family);
    if (!addresses) throw Failure(Fault::network, "resolve " + endpoint.host, addresses.error());
    co_return *std::move(addresses);
}

// Looked up here and connected to as it was judged: a name cannot mean something else meanwhile.
awaitable<std::vector<Generic::endpoint>> places(const Endpoint& endpoint,
                                                 const ConnectOptions& options) {
    std::vector<Generic::endpoint> found;
    if (endpoint.is_unix) {
        found.emplace_back(asio::local::stream_protocol::endpoint(endpoint.host));
        co_return found;
    }
    auto addresses = co_await addresses_of(endpoint, options);
    if (options.reach == Reach::public_only)
        std::erase_if(addresses, [](const auto& address) { return !is_public(address); });
    if (addresses.empty())
        throw Failure(Fault::refused, to_string(endpoint) + " is not on the public Internet");
    for (const auto& address : interlaced(std::move(addresses)))
        found.push_back(stream_endpoint(address, endpoint.port));
    co_return found;
}

awaitable<result<Connected>> try_once(const std::vector<Generic::endpoint>& addresses,
                                      const ConnectOptions& options) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    Race race(executor, options);
    if (addresses.size() == 1) co_return co_await race.run_single(addresses.front());
    co_return co_await race.run(addresses);
}

awaitable<result<Connected>> try_until(const std::vector<Generic::endpoint>& addresses,
                                       const ConnectOptions& options) {
    const auto end = std::chrono::steady_clock::now() + options.retry_refused;
    for (;;) {
        auto socket = co_await try_once(addresses, options);
        const error_code ec = socket.error();
        // A Unix server that is not there yet has not made its file.
        const bool absent = ec == asio::error::connection_refused ||
                            ec == boost::system::errc::no_such_file_or_directory;
        // A full queue is waited for like the handshake of TCP: until the deadline.
        const bool full = ec == asio::error::try_again;
        if (!full && (!absent || std::chrono::steady_clock::now() >= end)) co_return socket;
        co_await pause(retry_delay);
        if (co_await stop_requested()) co_return error_code(asio::error::operation_aborted);
    }
}

Stream stream_of(Connected connected, const Endpoint& target, const StreamOptions& options) {
    auto& socket = connected.socket;
    error_code ec;
    Flow flow;
    flow.begun = connected.begun;
    flow.id = next_flow_id();
    flow.side = Side::client;
    flow.local = endpoint_of(socket.local_endpoint(ec), target);
    flow.peer = endpoint_of(socket.remote_endpoint(ec), target);
    if (!target.is_unix) socket.set_option(asio::ip::tcp::no_delay(true), ec);
    return Stream(std::move(socket), std::move(flow), options);
}

// All of connecting, to be ended from outside by the deadline.
awaitable<void> connect_all(const Endpoint& endpoint, const ConnectOptions& options,
                            std::optional<result<Connected>>& outcome) {
    co_await hear_requests_to_stop();  // there is nothing to finish before it is connected
    if (options.phases) options.phases->begun = std::chrono::steady_clock::now();
    const auto addresses = co_await places(endpoint, options);
    if (options.phases) options.phases->resolved = std::chrono::steady_clock::now();
    auto socket = co_await try_until(addresses, options);
    if (options.phases) options.phases->connected = std::chrono::steady_clock::now();
    outcome.emplace(std::move(socket));
}

}  // namespace

awaitable<Stream> connect(Endpoint endpoint, ConnectOptions options) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    std::optional<result<Connected>> outcome;
    std::exception_ptr failure;
    TaskGroup work(executor, [&failure](std::exception_ptr error) { failure = error; });
    work.spawn(connect_all(endpoint, options, outcome));
    auto give_up = [&work] { work.cancel(asio::cancellation_type::terminal); };
    const Deadline deadline(executor, options.timeout, std::move(give_up));
    co_await work.join();
    // A request that came while nothing waited would be lost: the next operation does not see it.
    if (co_await stop_requested())
        throw boost::system::system_error(asio::error::operation_aborted);

    const std::string doing = "connect to " + to_string(endpoint);
    if (outcome && *outcome) co_return stream_of(**std::move(outcome), endpoint, options.stream);
    if (deadline.expired()) throw Failure(Fault::network, doing, Errc::timed_out);
    if (outcome && outcome->error() != asio::error::operation_aborted)
        throw Failure(Fault::network, doing, outcome->error());
    if (failure) std::rethrow_exception(failure);
    throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace nettool::net
