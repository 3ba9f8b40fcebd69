#include "nettool/net/name_cache.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/net/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace nettool::net {
namespace {

using namespace std::chrono_literals;
using Answer = result<NameCache::Addresses>;

// A name service that notes what it is asked; it holds its answers back until it is let go.
class Names {
public:
    explicit Names(bool holds = false) : holds_(holds) {}

    NameCache::Resolve resolve() {
        return [this](std::string host, Family) { return answer(std::move(host)); };
    }
    void answer_with(Answer answer) { answer_ = std::move(answer); }
    void let_go() { holds_ = false; }
    std::vector<std::string> asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    awaitable<Answer> answer(std::string host) {
        {
            const std::lock_guard lock(mutex_);
            asked_.push_back(std::move(host));
        }
        while (holds_ && !co_await stop_requested()) co_await pause(1ms);
        co_return answer_;
    }

    std::atomic<bool> holds_;
    Answer answer_ = NameCache::Addresses(1, asio::ip::make_address("192.0.2.1"));
    mutable std::mutex mutex_;
    std::vector<std::string> asked_;
};

std::future<Answer> ask(asio::io_context& io, NameCache& cache, std::string host,
                        Family family = Family::any) {
    return asio::co_spawn(asio::make_strand(io), cache.look_up(std::move(host), family),
                          asio::use_future);
}

Answer asked_alone(NameCache& cache, std::string host, Family family = Family::any) {
    asio::io_context io;
    auto answer = ask(io, cache, std::move(host), family);
    io.run();
    return answer.get();
}

std::string text_of(const Answer& answer) {
    if (!answer) return answer.error().message();
    std::string text;
    for (const auto& address : *answer) text += (text.empty() ? "" : " ") + address.to_string();
    return text;
}

const std::string found = "192.0.2.1";

TEST(NameCache, AsksOnceForANameInWhateverSpelling) {
    Names names;
    NameCache cache({}, names.resolve());
    for (const auto* host : {"Example.com", "example.com", "EXAMPLE.COM."})
        EXPECT_EQ(text_of(asked_alone(cache, host)), found);
    EXPECT_EQ(names.asked(), std::vector<std::string>{"example.com"});
    asked_alone(cache, "example.com", Family::v6);  // another question
    EXPECT_EQ(names.asked().size(), 2U);
}

TEST(NameCache, AsksNobodyForWhatEverybodyKnows) {
    Names names;
    NameCache cache({}, names.resolve());
    EXPECT_EQ(text_of(asked_alone(cache, "198.51.100.7")), "198.51.100.7");
    EXPECT_EQ(text_of(asked_alone(cache, "2001:db8::1")), "2001:db8::1");
    EXPECT_EQ(asked_alone(cache, "::1", Family::v4).error(),
              asio::error::address_family_not_supported);
    EXPECT_EQ(text_of(asked_alone(cache, "localhost")), "127.0.0.1 ::1");
    EXPECT_EQ(text_of(asked_alone(cache, "a.LocalHost.", Family::v6)), "::1");
    EXPECT_EQ(text_of(asked_alone(cache, "localhost", Family::v4)), "127.0.0.1");
    for (const auto& host : std::vector<std::string>{"", ".", "a b", {"1.2.3.4\0.net", 12}})
        EXPECT_EQ(asked_alone(cache, host).error(), asio::error::host_not_found);
    EXPECT_TRUE(names.asked().empty());
    EXPECT_EQ(text_of(asked_alone(cache, "notlocalhost")), found);
}

TEST(NameCache, KeepsThatThereIsNoSuchNameButNoOtherFailure) {
    Names names;
    NameCache cache({}, names.resolve());
    names.answer_with(error_code(asio::error::host_not_found));
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(asked_alone(cache, "none").error(), asio::error::host_not_found);
    EXPECT_EQ(names.asked().size(), 1U);
    names.answer_with(error_code(asio::error::host_not_found_try_again));
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(asked_alone(cache, "later").error(), asio::error::host_not_found_try_again);
    EXPECT_EQ(names.asked().size(), 3U);
}

TEST(NameCache, AsksAgainForWhatIsOldOrForgotten) {
    Names names;
    NameCache kept({}, names.resolve());
    asked_alone(kept, "a.test");
    kept.forget("A.test.");
    asked_alone(kept, "a.test");
    EXPECT_EQ(names.asked().size(), 2U);
    NameCache::Options at_once;
    at_once.keep = 0ms;
    NameCache old(at_once, names.resolve());
    asked_alone(old, "a.test");
    asked_alone(old, "a.test");
    EXPECT_EQ(names.asked().size(), 4U);
}

TEST(NameCache, GivesUpWhatWasNotUsedForLongest) {
    Names names;
    NameCache::Options small;
    small.most = 2;
    NameCache cache(small, names.resolve());
    for (const auto* host : {"a", "b", "a", "c", "a", "b"}) asked_alone(cache, host);
    EXPECT_EQ(names.asked(), (std::vector<std::string>{"a", "b", "c", "b"}));
}

TEST(NameCache, AsksForNoMoreNamesAtOnceThanItHasRoomFor) {
    Names names(true);
    NameCache::Options small;
    small.most = 1;
    NameCache cache(small, names.resolve());
    asio::io_context io;
    auto first = ask(io, cache, "a");
    auto joined = ask(io, cache, "a");
    auto refused = ask(io, cache, "b");
    while (refused.wait_for(0s) != std::future_status::ready) io.run_one();
    names.let_go();
    io.run();
    EXPECT_EQ(text_of(first.get()), found);
    EXPECT_EQ(text_of(joined.get()), found);
    EXPECT_EQ(refused.get().error(), asio::error::host_not_found_try_again);
}

TEST(NameCache, LosesPatienceButNotTheAnswer) {
    Names names(true);
    NameCache::Options hasty;
    hasty.patience = 10ms;
    NameCache cache(hasty, names.resolve());
    asio::io_context io;
    auto answer = ask(io, cache, "slow.test");
    while (answer.wait_for(0s) != std::future_status::ready) io.run_one();
    EXPECT_EQ(answer.get().error(), Errc::timed_out);
    names.let_go();
    io.run();
    EXPECT_EQ(text_of(asked_alone(cache, "slow.test")), found);
    EXPECT_EQ(names.asked().size(), 1U);
}

// The one who asked first leaves; the second one still hears of the answer.
TEST(NameCache, GoesOnWhenOneWhoWaitsIsCancelled) {
    Names names(true);
    NameCache cache({}, names.resolve());
    asio::io_context io;
    asio::cancellation_signal stop;
    auto first = asio::co_spawn(io, cache.look_up("a"),
                                asio::bind_cancellation_slot(stop.slot(), asio::use_future));
    auto second = ask(io, cache, "a");
    asio::post(io, [&] {
        asio::post(io, [&] {
            stop.emit(asio::cancellation_type::terminal);
            names.let_go();
        });
    });
    io.run();
    EXPECT_EQ(first.get().error(), asio::error::operation_aborted);
    EXPECT_EQ(text_of(second.get()), found);
    EXPECT_EQ(names.asked().size(), 1U);
}

// What is forgotten meanwhile is not kept, but heard of by those who wait for it.
TEST(NameCache, ForgetsWhatIsBeingLookedUp) {
    Names names(true);
    NameCache cache({}, names.resolve());
    asio::io_context io;
    auto first = ask(io, cache, "a");
    while (names.asked().empty()) io.run_one();
    cache.forget("a");
    names.let_go();
    io.run();
    EXPECT_EQ(text_of(first.get()), found);
    asked_alone(cache, "a");
    EXPECT_EQ(names.asked().size(), 2U);
}

TEST(NameCache, StopsItsLookUpsAtItsEnd) {
    Names names(true);  // for ever
    NameCache::Options hasty;
    hasty.patience = 1ms;
    auto cache = std::make_unique<NameCache>(hasty, names.resolve());
    asio::io_context io;
    auto answer = ask(io, *cache, "a");
    while (answer.wait_for(0s) != std::future_status::ready) io.run_one();
    cache.reset();
    io.run();
    EXPECT_EQ(names.asked().size(), 1U);
}

// Each on a strand of its own: some leave, some wait, some come when the answer is there.
TEST(NameCacheThreads, ServeAllWhoAsk) {
    constexpr int rounds = 200, askers = 16;
    Names names;
    NameCache::Options small;
    small.most = 8;
    small.patience = 10s;
    NameCache cache(small, names.resolve());
    asio::io_context io;
    std::vector<std::future<Answer>> answers;
    for (int round = 0; round < rounds; ++round)
        for (int i = 0; i < askers; ++i)
            answers.push_back(ask(io, cache, "host" + std::to_string(round % 12)));
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&io] { io.run(); });
    threads.clear();
    int right = 0, refused = 0;
    for (auto& answer : answers) {
        const auto got = answer.get();
        ++(got ? right : refused);
        EXPECT_TRUE(got || got.error() == asio::error::host_not_found_try_again);
    }
    EXPECT_EQ(right + refused, rounds * askers);
    EXPECT_GT(right, 0);
}

// Every other one is cancelled before the answer comes.
TEST(NameCacheThreads, JoinTheOneLookUpOrLeaveIt) {
    constexpr int askers = 400;
    Names names(true);
    NameCache cache({}, names.resolve());
    asio::io_context io;
    std::vector<asio::cancellation_signal> signals(askers);
    std::vector<std::future<Answer>> answers;
    for (int i = 0; i < askers; ++i) {
        const auto strand = asio::make_strand(io);
        answers.push_back(
            asio::co_spawn(strand, cache.look_up("one.test"),
                           asio::bind_cancellation_slot(signals[i].slot(), asio::use_future)));
        if (i % 2 == 1)
            asio::post(strand,
                       [&signal = signals[i]] { signal.emit(asio::cancellation_type::terminal); });
    }
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&io] { io.run(); });
    for (int i = 1; i < askers; i += 2)
        EXPECT_EQ(answers[i].get().error(), asio::error::operation_aborted);
    names.let_go();
    for (int i = 0; i < askers; i += 2) EXPECT_EQ(text_of(answers[i].get()), found);
    EXPECT_EQ(names.asked().size(), 1U);
}

}  // namespace
}  // namespace nettool::net
