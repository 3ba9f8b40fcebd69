#include "nettool/net/relay.hpp"

#include "support/stream_pair.hpp"

#include <boost/asio/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace nettool::net {
namespace {

struct Relayed {
    std::string text;
    Copied copied;
};

// What arrives behind a relay of what is sent into it.
Relayed relayed(const std::string& sent, std::uint64_t most, const StreamOptions& options = {},
                bool tls = false) {
    Relayed outcome;
    asio::io_context io;
    asio::local::stream_protocol::socket a(io), b(io), c(io), d(io);
    asio::local::connect_pair(a, b);
    asio::local::connect_pair(c, d);
    auto source = test::stream_of(std::move(a), Side::client, {});
    auto from = test::stream_of(std::move(b), Side::server, {});
    auto to = test::stream_of(std::move(c), Side::client, options);
    auto sink = test::stream_of(std::move(d), Side::server, {});
    auto tools = std::make_unique<RelayTools>();
    const auto rethrow = [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    };
    const auto send = [&]() -> awaitable<void> {
        co_await test::shake_hands(source, tls);
        const auto written = co_await source.write(sent);
        if (!written) throw std::runtime_error(written.error().message());
        co_await source.finish();
    };
    const auto pass = [&]() -> awaitable<void> {
        co_await test::shake_hands(from, tls);
        outcome.copied = co_await relay(from, to, most, *tools);
        (void)to.shut_down();
        co_await from.finish();
    };
    const auto receive = [&]() -> awaitable<void> {
        std::string buffer(100'000, '\0');
        for (;;) {
            const auto size = co_await sink.read(asio::buffer(buffer));
            if (!size) co_return;
            outcome.text.append(buffer, 0, *size);
        }
    };
    asio::co_spawn(io, send(), rethrow);
    asio::co_spawn(io, pass(), rethrow);
    asio::co_spawn(io, receive(), rethrow);
    io.run_for(std::chrono::seconds(10));
    if (!io.stopped()) throw std::runtime_error("the relay did not end");
    return outcome;
}

std::string text_of(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 % 251);
    return text;
}

TEST(Relay, PassesAllOnToTheEnd) {
    for (const std::size_t size : {0UL, 1UL, 70'000UL, 5'000'000UL}) {
        const auto text = text_of(size);
        const auto outcome = relayed(text, no_end);
        EXPECT_TRUE(outcome.text == text) << size;
        EXPECT_EQ(outcome.copied.bytes, size);
        EXPECT_EQ(outcome.copied.read, asio::error::eof);
        EXPECT_FALSE(outcome.copied.write);
    }
}

TEST(Relay, StopsBehindSoManyBytes) {
    for (const std::uint64_t most : {1UL, 65'536UL, 1'000'001UL}) {
        const auto text = text_of(3'000'000);
        const auto outcome = relayed(text, most);
        EXPECT_TRUE(outcome.text == text.substr(0, most)) << most;
        EXPECT_EQ(outcome.copied.bytes, most);
        EXPECT_FALSE(outcome.copied.read);
    }
}

TEST(Relay, GoesThroughAWorseNetwork) {
    StreamOptions slow;
    slow.faults.bytes_per_second = 2'000'000;
    const auto text = text_of(200'000);
    EXPECT_TRUE(relayed(text, no_end, slow).text == text);
}

TEST(Relay, PassesOnWhatTlsHasProtected) {
    const auto text = text_of(300'000);
    const auto outcome = relayed(text, no_end, {}, true);
    EXPECT_TRUE(outcome.text == text);
    EXPECT_EQ(outcome.copied.read, asio::error::eof);
}

TEST(PipePool, LendsNoMoreThanItHas) {
    PipePool pool(2);
    auto first = pool.take();
    const auto second = pool.take();
    ASSERT_TRUE(first && second);
    EXPECT_FALSE(pool.take());
    const int entry = first->entry();
    pool.put(*std::move(first));
    const auto again = pool.take();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->entry(), entry);
    pool.lose();
    EXPECT_TRUE(pool.take());
}

}  // namespace
}  // namespace nettool::net
