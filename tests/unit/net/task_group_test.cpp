#include "nettool/net/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

namespace nettool::net {
namespace {

using namespace std::chrono_literals;

struct Counts {
    int finished = 0;
    int failed = 0;
};

awaitable<void> sleep_then_count(std::chrono::milliseconds duration, Counts& counts) {
    co_await pause(duration);
    co_await pause(1ms);  // throws if the first pause was cancelled
    ++counts.finished;
}

awaitable<void> fail_at_once() {
    co_await pause(0ms);
    throw std::runtime_error("on purpose");
}

awaitable<void> join_after_cancel(asio::cancellation_type type, std::chrono::milliseconds length,
                                  int tasks, Counts& counts) {
    TaskGroup group(co_await asio::this_coro::executor,
                    [&](std::exception_ptr) { ++counts.failed; });
    for (int i = 0; i < tasks; ++i) group.spawn(sleep_then_count(length, counts));
    group.spawn(fail_at_once());
    co_await pause(5ms);
    group.cancel(type);
    co_await group.join();
    EXPECT_EQ(group.size(), 0u);
}

Counts run(asio::cancellation_type type, std::chrono::milliseconds length, int tasks) {
    Counts counts;
    asio::io_context io;
    auto main = join_after_cancel(type, length, tasks, counts);
    asio::co_spawn(io, std::move(main), [](std::exception_ptr e) { EXPECT_FALSE(e); });
    io.run_for(5s);
    EXPECT_TRUE(io.stopped());
    return counts;
}

TEST(TaskGroup, TotalCancellationLetsTasksFinish) {
    const auto counts = run(asio::cancellation_type::total, 20ms, 500);
    EXPECT_EQ(counts.finished, 500);
    EXPECT_EQ(counts.failed, 1);
}

TEST(TaskGroup, TerminalCancellationStopsEveryTask) {
    const auto counts = run(asio::cancellation_type::terminal, 1min, 500);
    EXPECT_EQ(counts.finished, 0);
    EXPECT_EQ(counts.failed, 501);
}

// The joiner's own cancellation reaches the tasks, and join still waits for the last of them.
TEST(TaskGroup, PassesTheJoinersCancellationOn) {
    Counts counts;
    asio::io_context io;
    asio::cancellation_signal stop;
    auto main = [](Counts& c) -> awaitable<void> {
        TaskGroup group(co_await asio::this_coro::executor,
                        [&](std::exception_ptr) { ++c.failed; });
        for (int i = 0; i < 100; ++i) group.spawn(sleep_then_count(1min, c));
        co_await group.join();
    }(counts);
    asio::co_spawn(io, std::move(main),
                   asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {}));
    asio::steady_timer soon(io, 5ms);
    soon.async_wait([&](auto) { stop.emit(asio::cancellation_type::terminal); });
    io.run_for(5s);
    EXPECT_TRUE(io.stopped());
    EXPECT_EQ(counts.failed, 100);
}

}  // namespace
}  // namespace nettool::net
