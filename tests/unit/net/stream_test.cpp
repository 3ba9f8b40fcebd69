#include "nettool/net/stream.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/net/line_reader.hpp"
#include "nettool/net/task_group.hpp"
#include "support/stream_pair.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

#include <gtest/gtest.h>

#include <array>

namespace nettool::net {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct RecordingTap final : Tap {
    std::string in, out, life;
    std::size_t keys = 0;

    void observe(const Event& event) noexcept override {
        const std::string_view bytes(reinterpret_cast<const char*>(event.bytes.data()),
                                     event.bytes.size());
        switch (event.kind) {
            case Event::Kind::received: in += bytes; break;
            case Event::Kind::sent: out += bytes; break;
            case Event::Kind::accepted: life += "accepted "; break;
            case Event::Kind::connected: life += "connected "; break;
            case Event::Kind::shut_down: life += "shut_down "; break;
            case Event::Kind::peer_finished: life += "peer_finished "; break;
            case Event::Kind::closed: life += "closed"; break;
            case Event::Kind::key_log: ++keys; break;
            default: break;
        }
    }
};

// What the peer says in one line, or why it said nothing.
awaitable<std::string> next_line(Stream& stream) {
    LineReader<Stream> lines(stream, 100);
    const auto line = co_await lines.next();
    if (line) co_return *line;
    co_return "<" + line.error().message() + ">";
}

awaitable<void> echo_one_line(Stream stream, bool tls) {
    co_await test::shake_hands(stream, tls);
    const auto line = co_await next_line(stream);
    const std::string reply = line + "\n";
    const auto sent = co_await stream.write(reply);
    EXPECT_TRUE(sent);
    co_await stream.finish();
}

awaitable<void> say_and_hear(Stream stream, bool tls, std::string& heard) {
    co_await test::shake_hands(stream, tls);
    const auto sent = co_await stream.write("hello\n");
    EXPECT_TRUE(sent);
    heard = co_await next_line(stream);
    co_await stream.finish();
}

class StreamKinds : public testing::TestWithParam<bool> {};

TEST_P(StreamKinds, ShowTheSamePlaintextToTheMessageTap) {
    const bool tls = GetParam();
    RecordingTap messages, wire;
    StreamOptions tapped;
    tapped.taps = {&messages, &wire};
    std::string heard;
    const auto server = [tls](Stream stream) { return echo_one_line(std::move(stream), tls); };
    const auto client = [&](Stream stream) { return say_and_hear(std::move(stream), tls, heard); };
    test::converse(server, tapped, client, {});

    EXPECT_EQ(heard, "hello");
    EXPECT_EQ(messages.in, "hello\n");
    EXPECT_EQ(messages.out, "hello\n");
    EXPECT_EQ(wire.life, "accepted shut_down peer_finished closed");
    EXPECT_EQ(wire.in == "hello\n", !tls);
    EXPECT_EQ(wire.out.find("hello") == std::string::npos, tls);
    EXPECT_EQ(wire.keys > 0, tls);
}

TEST_P(StreamKinds, ShowWhatTheyAreToldInPlaceOfSecrets) {
    const bool tls = GetParam();
    RecordingTap messages;
    StreamOptions tapped;
    tapped.taps.messages = &messages;
    std::string heard;
    const auto server = [tls](Stream stream) {
        stream.show_as([](Direction direction, std::string_view bytes) {
            return direction == Direction::in ? "<" + std::to_string(bytes.size()) + ">" : "";
        });
        return echo_one_line(std::move(stream), tls);
    };
    const auto client = [&](Stream stream) { return say_and_hear(std::move(stream), tls, heard); };
    test::converse(server, tapped, client, {});
    EXPECT_EQ(heard, "hello");
    EXPECT_EQ(messages.in, "<6>");
    EXPECT_EQ(messages.out, "");
}

awaitable<void> say_late(Stream stream, bool tls) {
    co_await test::shake_hands(stream, tls);
    co_await pause(100ms);
    const auto sent = co_await stream.write("late");
    EXPECT_TRUE(sent);
    co_await stream.finish();
}

awaitable<void> hear_after_pauses(Stream stream, bool tls) {
    co_await test::shake_hands(stream, tls);
    std::array<char, 64> buffer;
    int pauses = 0;
    auto size = co_await stream.read(asio::buffer(buffer), 20ms);
    for (; size.error() == Errc::paused; ++pauses)
        size = co_await stream.read(asio::buffer(buffer), 20ms);
    EXPECT_GE(pauses, 1);
    EXPECT_TRUE(size) << size.error().message();
    EXPECT_EQ(std::string_view(buffer.data(), size ? *size : 0), "late");
    co_await stream.finish();
}

TEST_P(StreamKinds, LoseNothingWhenAGapIsOver) {
    const bool tls = GetParam();
    const auto server = [tls](Stream stream) { return hear_after_pauses(std::move(stream), tls); };
    const auto client = [tls](Stream stream) { return say_late(std::move(stream), tls); };
    test::converse(server, {}, client, {});
}

awaitable<void> stay_silent(Stream stream, bool tls) {
    co_await test::shake_hands(stream, tls);
    co_await pause(1500ms);  // neither reads nor closes
}

awaitable<void> finish_in_time(Stream stream, bool tls) {
    co_await test::shake_hands(stream, tls);
    const auto begin = Clock::now();
    co_await stream.finish();
    EXPECT_LT(Clock::now() - begin, 1400ms);
}

TEST_P(StreamKinds, WaitAtMostASecondForTheOtherSideToFinish) {
    const bool tls = GetParam();
    const auto server = [tls](Stream stream) { return finish_in_time(std::move(stream), tls); };
    const auto client = [tls](Stream stream) { return stay_silent(std::move(stream), tls); };
    test::converse(server, {}, client, {});
}

constexpr std::size_t megabytes = 4 << 20;

awaitable<void> send_much(Stream stream, bool tls) {
    co_await test::shake_hands(stream, tls);
    const std::string text(megabytes, 'x');
    const auto sent = co_await stream.write(text);
    EXPECT_TRUE(sent);
    co_await stream.finish();
}

awaitable<void> count_all(Stream stream, bool tls, std::uint64_t& count) {
    co_await test::shake_hands(stream, tls);
    std::vector<char> buffer(64UL * 1024);
    while (const auto size = co_await stream.read(asio::buffer(buffer))) count += *size;
    co_await stream.finish();
}

TEST_P(StreamKinds, CarryMoreThanAnyBufferHolds) {
    const bool tls = GetParam();
    std::uint64_t count = 0;
    const auto server = [&](Stream stream) { return count_all(std::move(stream), tls, count); };
    const auto client = [tls](Stream stream) { return send_much(std::move(stream), tls); };
    test::converse(server, {}, client, {});
    EXPECT_EQ(count, megabytes);
}

awaitable<void> hold(Stream stream, bool tls) {
    co_await test::shake_hands(stream, tls);
    std::array<char, 64> buffer;
    while (co_await stream.read(asio::buffer(buffer))) continue;
}

TEST_P(StreamKinds, EndAReadThatIsIdleTooLong) {
    const bool tls = GetParam();
    StreamOptions impatient;
    impatient.idle = 50ms;
    std::string heard;
    const auto server = [tls](Stream stream) { return hold(std::move(stream), tls); };
    const auto client = [&](Stream stream) { return say_and_hear(std::move(stream), tls, heard); };
    test::converse(server, {}, client, impatient);
    EXPECT_EQ(heard, "<timed out>");
}

INSTANTIATE_TEST_SUITE_P(PlainAndTls, StreamKinds, testing::Bool());

awaitable<void> write_many_buffers(Stream stream) {
    std::array<asio::const_buffer, 20> buffers;
    buffers.fill(asio::buffer("ab", 2));
    auto [ec, size] = co_await stream.async_write_some(buffers, no_throw);
    EXPECT_FALSE(ec);
    EXPECT_EQ(size, 2 * Gathered::max_buffers);
    co_await stream.finish();
}

awaitable<void> read_one_buffer(Stream stream) {
    std::array<char, 64> buffer;
    auto [ec, size] = co_await stream.async_read_some(asio::buffer(buffer), no_throw);
    EXPECT_FALSE(ec);
    EXPECT_EQ(size, 2 * Gathered::max_buffers);
    co_await stream.finish();
}

TEST(Stream, GathersSixteenBuffersInOneWrite) {
    test::converse(write_many_buffers, {}, read_one_buffer, {});
}

// A stream that is never idle for long still ends at its deadline.
awaitable<void> drip(Stream stream) {
    for (;;) {
        const auto sent = co_await stream.write("x");
        if (!sent) co_return;
        co_await pause(10ms);
    }
}

awaitable<void> read_until_deadline(Stream stream) {
    stream.end_by(Clock::now() + 100ms);
    std::array<char, 64> buffer;
    error_code ec;
    while (!ec) {
        const auto size = co_await stream.read(asio::buffer(buffer));
        ec = size.error();
    }
    EXPECT_EQ(ec, Errc::timed_out);
}

TEST(Stream, EndsAtItsDeadlineHoweverBusyThePeerIs) {
    test::converse(read_until_deadline, {}, drip, {});
}

// Reads that always find something must leave the strand to others now and then.
awaitable<void> read_by_bytes(Stream stream, bool& ticked) {
    char byte = 0;
    std::size_t read = 0;
    while (co_await stream.read(asio::buffer(&byte, 1))) ++read;
    EXPECT_GT(read, 1000u);
    EXPECT_TRUE(ticked);
}

TEST(Stream, GivesWayToOthersWhileMuchIsAtHand) {
    bool ticked = false;
    const auto server = [&](Stream stream) { return read_by_bytes(std::move(stream), ticked); };
    auto client = [&](Stream stream) -> awaitable<void> {
        return [](Stream writer, bool& tick) -> awaitable<void> {
            const std::string text(20'000, 'x');
            (void)co_await writer.write(text);
            co_await pause(0ms);
            tick = true;
            co_await writer.finish();
        }(std::move(stream), ticked);
    };
    test::converse(server, {}, client, {});
}

// Cancellation is an edge; these operations would not have to wait, and so would never hear of it.
awaitable<void> work_though_cancelled(Stream stream, asio::cancellation_signal& stop) {
    co_await hear_requests_to_stop();
    char byte = 0;
    EXPECT_TRUE(co_await stream.read(asio::buffer(&byte, 1)));
    stop.emit(asio::cancellation_type::total);
    const auto size = co_await stream.read(asio::buffer(&byte, 1));
    EXPECT_EQ(size.error(), asio::error::operation_aborted);
    const auto sent = co_await stream.write("x");
    EXPECT_EQ(sent.error(), asio::error::operation_aborted);
}

TEST(Stream, HearsOfACancellationThatCameWhileNothingWaited) {
    asio::io_context io;
    asio::local::stream_protocol::socket left(io), right(io);
    asio::local::connect_pair(left, right);
    (void)right.send(asio::buffer("abc", 3));
    asio::cancellation_signal stop;
    bool ended = false;
    const auto finished = [&ended](std::exception_ptr) { ended = true; };
    auto stream = test::stream_of(std::move(left), Side::server, {});
    asio::co_spawn(io, work_though_cancelled(std::move(stream), stop),
                   asio::bind_cancellation_slot(stop.slot(), finished));
    io.run_for(5s);
    EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace nettool::net
