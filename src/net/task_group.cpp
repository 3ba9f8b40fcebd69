#include "nettool/net/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

namespace nettool::net {

TaskGroup::TaskGroup(asio::any_io_executor executor, OnFailure on_failure)
    : executor_(executor),
      on_failure_(std::move(on_failure)),
      changed_(executor, asio::steady_timer::time_point::max()) {}

void TaskGroup::spawn(asio::any_io_executor on, awaitable<void> task) {
    const auto entry = tasks_.insert(tasks_.end(), std::make_shared<Task>());
    (*entry)->executor = on;
    // Has no executor of its own: it is called on the task's, where the signal lives, and hops
    // home before it touches the list.
    auto finished = [this, entry, keep = *entry, home = executor_](std::exception_ptr error) {
        asio::dispatch(home, [this, entry, keep, error] {
            tasks_.erase(entry);
            changed_.cancel();
            if (error) on_failure_(error);
        });
    };
    // The slot is connected on the task's executor too, never while another thread emits.
    auto start = [on, task = std::make_shared<awaitable<void>>(std::move(task)), keep = *entry,
                  finished = std::move(finished)] {
        asio::co_spawn(on, std::move(*task),
                       asio::bind_cancellation_slot(keep->signal.slot(), finished));
    };
    asio::dispatch(on, std::move(start));
}

void TaskGroup::cancel(asio::cancellation_type type) {
    for (const auto& task : tasks_)
        asio::post(task->executor, [task, type] { task->signal.emit(type); });
}

awaitable<void> TaskGroup::join() {
    using asio::cancellation_type;
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);  // leaving early would orphan the tasks
    const auto state = co_await asio::this_coro::cancellation_state;
    auto passed_on = cancellation_type::none;
    while (!tasks_.empty()) {
        if (const auto asked = state.cancelled(); asked != passed_on) cancel(passed_on = asked);
        (void)co_await changed_.async_wait(no_throw);
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
}

awaitable<bool> stop_requested() {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

awaitable<void> hear_requests_to_stop() {
    // Asio's TLS operations know terminal cancellation only.
    const auto drop_the_wait = [](asio::cancellation_type asked) {
        using asio::cancellation_type;
        return asked == cancellation_type::none ? asked : cancellation_type::terminal;
    };
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation(),
                                                       drop_the_wait);
    co_await asio::this_coro::throw_if_cancelled(false);
}

awaitable<void> note_requests_to_stop() {
    // A request is kept as "partial", which is not what a Stream ends for.
    const auto note = [](asio::cancellation_type asked) {
        using asio::cancellation_type;
        if ((asked & cancellation_type::terminal) != cancellation_type::none)
            return cancellation_type::terminal;
        return asked == cancellation_type::none ? asked : cancellation_type::partial;
    };
    co_await asio::this_coro::reset_cancellation_state(note, asio::enable_terminal_cancellation());
    co_await asio::this_coro::throw_if_cancelled(false);
}

awaitable<void> pause(std::chrono::nanoseconds duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    (void)co_await timer.async_wait(no_throw);
}

}  // namespace nettool::net
