#pragma once
// Coroutines that are stopped together and waited for, each on any executor; nothing is detached.

#include "nettool/base/asio.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/assert.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <list>
#include <memory>

namespace nettool::net {

/// Used on its own executor (its creator's strand) only.
class TaskGroup {
public:
    using OnFailure = std::function<void(std::exception_ptr)>;

    TaskGroup(asio::any_io_executor executor, OnFailure on_failure);
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup() { BOOST_ASSERT(tasks_.empty()); }  // join() first

    std::size_t size() const noexcept { return tasks_.size(); }
    void spawn(awaitable<void> task) { spawn(executor_, std::move(task)); }

    /// On an executor of its own (a connection's strand); `on_failure` still runs on the group's.
    void spawn(asio::any_io_executor on, awaitable<void> task);

    /// total: finish what you are doing; terminal: drop everything.
    void cancel(asio::cancellation_type type);

    /// Returns once every task has; passes the caller's own cancellation on to the tasks.
    awaitable<void> join();

private:
    struct Task {
        asio::any_io_executor executor;  // where the signal is connected and emitted
        asio::cancellation_signal signal;
    };

    asio::any_io_executor executor_;
    OnFailure on_failure_;
    asio::steady_timer changed_;
    std::list<std::shared_ptr<Task>> tasks_;
};

/// Whether someone asked this chain of coroutines to end; every endless loop starts by looking.
awaitable<bool> stop_requested();

/// From now on this coroutine hears the request to finish (total), not only the order to drop
/// everything (terminal), which is all that a spawned coroutine hears by default.
awaitable<void> hear_requests_to_stop();

/// From now on a request to finish is noted for stop_requested() but interrupts nothing; the order
/// to drop everything still does.
awaitable<void> note_requests_to_stop();

/// Of a cancellation state, after note_requests_to_stop(): whether that order has come, so that
/// there is no time even for a goodbye.
constexpr bool is_drop(asio::cancellation_type cancelled) noexcept {
    return (cancelled & asio::cancellation_type::terminal) != asio::cancellation_type::none;
}

/// Sleeps, or returns early when cancelled.
awaitable<void> pause(std::chrono::nanoseconds duration);

}  // namespace nettool::net
