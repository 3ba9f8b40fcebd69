#include "nettool/net/connector.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/net/listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

namespace nettool::net {
namespace {

using namespace std::chrono_literals;

awaitable<Endpoint> peer_of(Endpoint target, ConnectOptions options) {
    const auto stream = co_await connect(std::move(target), std::move(options));
    co_return stream.flow().peer;
}

Endpoint connected_to(asio::io_context& io, Endpoint target, ConnectOptions options = {}) {
    auto peer =
        asio::co_spawn(io, peer_of(std::move(target), std::move(options)), asio::use_future);
    io.restart();
    io.run_for(5s);
    return peer.get();
}

Endpoint any_port(std::string host) {
    Endpoint endpoint;
    endpoint.host = std::move(host);
    return endpoint;
}

TEST(Connector, ReachesANameThroughWhicheverAddressAnswers) {
    asio::io_context io;
    Listener listener(io.get_executor(), io.get_executor(), any_port("127.0.0.1"), {});
    auto target = listener.local();
    target.host = "localhost";  // ::1 may come first, and nobody listens there
    EXPECT_EQ(connected_to(io, target), listener.local());
}

TEST(Connector, TellsWhichAddressesItTried) {
    asio::io_context io;
    Listener listener(io.get_executor(), io.get_executor(), any_port("127.0.0.1"), {});
    auto target = listener.local();
    target.host = "localhost";
    ConnectPhases phases;
    ConnectOptions options;
    options.phases = &phases;
    connected_to(io, target, options);
    ASSERT_FALSE(phases.attempts.empty());
    const auto& last = phases.attempts.back();
    EXPECT_EQ(last.address, listener.local());
    EXPECT_FALSE(last.error);
    EXPECT_GE(last.ended, last.begun);
    for (std::size_t i = 0; i + 1 < phases.attempts.size(); ++i)
        EXPECT_EQ(phases.attempts[i].error, asio::error::connection_refused);
}

// A name that means nothing by itself: nobody is asked for it.
TEST(Connector, ConnectsToTheAddressesItIsGiven) {
    asio::io_context io;
    Listener listener(io.get_executor(), io.get_executor(), any_port("127.0.0.1"), {});
    auto target = listener.local();
    target.host = "no.such.host.invalid";
    ConnectOptions options;
    options.addresses.push_back(asio::ip::make_address("127.0.0.1"));
    EXPECT_EQ(connected_to(io, target, options), listener.local());
    options.reach = Reach::public_only;
    EXPECT_THROW(connected_to(io, target, options), Failure);
}

TEST(Connector, ReachesNoFurtherThanItMay) {
    asio::io_context io;
    Listener listener(io.get_executor(), io.get_executor(), any_port("127.0.0.1"), {});
    auto target = listener.local();
    for (const auto* host : {"127.0.0.1", "localhost", "::ffff:127.0.0.1"}) {
        target.host = host;
        ConnectOptions options;
        options.reach = Reach::public_only;
        try {
            connected_to(io, target, options);
            ADD_FAILURE() << host;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::refused);
            EXPECT_TRUE(std::string_view(failure.what()).ends_with("not on the public Internet"));
        }
    }
}

TEST(Connector, SaysWhomItCouldNotReachAndWhy) {
    asio::io_context io;
    Listener listener(io.get_executor(), io.get_executor(), any_port("127.0.0.1"), {});
    const auto target = listener.local();
    listener.close();
    try {
        connected_to(io, target);
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::network);
        EXPECT_EQ(std::string(failure.what()),
                  "cannot connect to " + to_string(target) + ": Connection refused");
    }
}

TEST(Connector, GivesUpAtItsDeadline) {
    asio::io_context io;
    Listener::Options narrow;
    narrow.backlog = 0;
    Listener listener(io.get_executor(), io.get_executor(), any_port("127.0.0.1"), narrow);
    // Nobody accepts, so the queue is full after the first ones and the rest hear nothing.
    std::vector<asio::ip::tcp::socket> queue;
    ConnectOptions impatient;
    impatient.timeout = 200ms;
    const auto begin = std::chrono::steady_clock::now();
    std::string message;
    auto attempt = [&] {
        for (int i = 0; i < 4; ++i) {
            auto& socket = queue.emplace_back(io);
            socket.open(asio::ip::tcp::v4());
            socket.native_non_blocking(true);
            const asio::ip::tcp::endpoint full(asio::ip::make_address("127.0.0.1"),
                                               listener.local().port);
            (void)::connect(socket.native_handle(), full.data(), full.size());
        }
        connected_to(io, listener.local(), impatient);
    };
    try {
        attempt();
    } catch (const Failure& failure) {
        message = failure.what();
    }
    EXPECT_NE(message.find("timed out"), std::string::npos) << message;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

TEST(Connector, TriesARefusedConnectionAgain) {
    asio::io_context io;
    auto listener = std::make_unique<Listener>(io.get_executor(), io.get_executor(),
                                               any_port("127.0.0.1"), Listener::Options{});
    const auto target = listener->local();
    listener.reset();
    asio::steady_timer later(io, 100ms);
    later.async_wait([&](auto) {
        listener = std::make_unique<Listener>(io.get_executor(), io.get_executor(), target,
                                              Listener::Options{});
    });
    ConnectOptions patient;
    patient.retry_refused = 2s;
    EXPECT_EQ(connected_to(io, target, patient), target);
}

TEST(Listener, ReplacesAStaleUnixSocketButNotALiveOne) {
    asio::io_context io;
    Endpoint place = any_port(
        (std::filesystem::temp_directory_path() / ("nettool-test-" + std::to_string(::getpid())))
            .string());
    place.is_unix = true;
    {
        asio::local::stream_protocol::acceptor stale(
            io, asio::local::stream_protocol::endpoint(place.host));
    }
    Listener listener(io.get_executor(), io.get_executor(), place, {});
    EXPECT_THROW(Listener(io.get_executor(), io.get_executor(), place, {}), Failure);
    EXPECT_EQ(connected_to(io, place), place);
    listener.close();
    EXPECT_FALSE(std::filesystem::exists(place.host));
}

TEST(Listener, NamesAnAddressInUse) {
    asio::io_context io;
    Listener first(io.get_executor(), io.get_executor(), any_port("127.0.0.1"), {});
    try {
        Listener second(io.get_executor(), io.get_executor(), first.local(), {});
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::local);
        EXPECT_EQ(std::string(failure.what()),
                  "cannot listen on " + to_string(first.local()) + ": Address already in use");
    }
}

}  // namespace
}  // namespace nettool::net
