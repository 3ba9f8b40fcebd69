#include "nettool/net/offload.hpp"

#include "nettool/net/resolver.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace nettool::net {
namespace {

awaitable<int> answer_elsewhere(std::thread::id& where) {
    auto job = [&where] {
        where = std::this_thread::get_id();
        return 42;
    };
    co_return co_await offload(std::move(job));
}

TEST(Offload, RunsOnAnotherThreadAndComesBack) {
    asio::io_context io;
    std::thread::id where;
    auto answer = asio::co_spawn(io, answer_elsewhere(where), asio::use_future);
    io.run();
    EXPECT_EQ(answer.get(), 42);
    EXPECT_NE(where, std::this_thread::get_id());
}

awaitable<int> fail_elsewhere() {
    auto job = []() -> int { throw std::runtime_error("on purpose"); };
    co_return co_await offload(std::move(job));
}

TEST(Offload, BringsBackWhatTheJobThrows) {
    asio::io_context io;
    auto answer = asio::co_spawn(io, fail_elsewhere(), asio::use_future);
    io.run();
    EXPECT_THROW(answer.get(), std::runtime_error);
}

awaitable<int> wait_elsewhere(std::shared_future<void> release, std::promise<void>& begun) {
    auto job = [release, &begun] {
        begun.set_value();
        release.wait();
        return 1;
    };
    co_return co_await offload(std::move(job));
}

// A name server that does not answer must not hold up a Ctrl-C.
TEST(Offload, AbandonsAJobThatHangs) {
    asio::io_context io;
    asio::cancellation_signal stop;
    std::promise<void> release, begun;
    auto answer = asio::co_spawn(io, wait_elsewhere(release.get_future().share(), begun),
                                 asio::bind_cancellation_slot(stop.slot(), asio::use_future));
    std::jthread stopper([&] {
        begun.get_future().wait();
        asio::post(io, [&stop] { stop.emit(asio::cancellation_type::terminal); });
    });
    io.run();
    EXPECT_THROW(answer.get(), boost::system::system_error);
    release.set_value();
}

awaitable<void> hang(std::shared_future<void> release, std::shared_ptr<std::latch> hanging) {
    auto job = [release, hanging] {
        hanging->count_down();
        release.wait();
        return 1;
    };
    (void)co_await offload(std::move(job), Work::names);
}

// More of them than there are threads for files; all at once, or nobody passes the latch.
TEST(Offload, KeepsFilesFromWaitingForNames) {
    constexpr int names = 32;
    asio::io_context io;
    std::promise<void> release;
    const auto released = release.get_future().share();
    auto hanging = std::make_shared<std::latch>(names);
    std::vector<std::future<void>> answers;
    for (int i = 0; i < names; ++i)
        answers.push_back(asio::co_spawn(io, hang(released, hanging), asio::use_future));
    std::thread::id where;
    std::future<int> file;
    std::jthread asker([&] {
        hanging->wait();
        file = asio::co_spawn(io, answer_elsewhere(where), asio::use_future);
        EXPECT_EQ(file.get(), 42);
        release.set_value();
    });
    io.run();
    for (auto& answer : answers) answer.get();
}

std::atomic<int> threads_ended = 0;

// What a library such as OpenSSL keeps for each thread.
struct PerThread {
    int uses = 0;
    ~PerThread() { ++threads_ended; }
};

// Keeps the worker busy behind its result.
struct SlowToEnd {
    ~SlowToEnd() { std::this_thread::sleep_for(std::chrono::milliseconds(50)); }
};

awaitable<int> use_what_a_thread_keeps() {
    auto job = [slow = std::make_shared<SlowToEnd>()] {
        thread_local PerThread kept;
        return ++kept.uses;
    };
    co_return co_await offload(std::move(job));
}

// A thread that has told of its result is waited for, however soon the end comes behind it.
TEST(Offload, EndsItsThreadsWithTheIoContext) {
    threads_ended = 0;
    {
        asio::io_context io;
        auto answer = asio::co_spawn(io, use_what_a_thread_keeps(), asio::use_future);
        io.run();
        EXPECT_EQ(answer.get(), 1);
    }
    EXPECT_EQ(threads_ended, 1);
}

result<std::vector<asio::ip::address>> resolved(std::string host, Family family) {
    asio::io_context io;
    auto answer = asio::co_spawn(io, resolve(std::move(host), family), asio::use_future);
    io.run();
    return answer.get();
}

TEST(OffloadedResolver, TakesLiteralsAsTheyAre) {
    const auto v4 = resolved("192.0.2.1", Family::any);
    ASSERT_TRUE(v4);
    EXPECT_EQ(v4->front().to_string(), "192.0.2.1");
    EXPECT_EQ(resolved("192.0.2.1", Family::v6).error(), asio::error::address_family_not_supported);
}

TEST(OffloadedResolver, KnowsThisMachineAndNamesWhatDoesNotExist) {
    const auto here = resolved("localhost", Family::v4);
    ASSERT_TRUE(here);
    EXPECT_EQ(here->front().to_string(), "127.0.0.1");
    EXPECT_FALSE(resolved("no.such.host.invalid", Family::any));
}

}  // namespace
}  // namespace nettool::net
