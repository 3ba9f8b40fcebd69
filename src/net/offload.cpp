#include "nettool/net/offload.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <pthread.h>
#include <signal.h>

namespace nettool::net {
namespace {

// Files and hashing are bound by the disk and the cores, names by the patience of a resolver.
constexpr std::size_t most_for_files = 4;
constexpr std::size_t most_for_names = 256;  // each may hang for half a minute

// Ended once: by the worker or by the caller's cancellation, whichever is first.
class Job {
public:
    using Handler = asio::any_completion_handler<void(error_code)>;

    Job(std::function<void()> work, Handler handler, const asio::any_io_executor& executor)
        : work_(std::move(work)),
          handler_(std::move(handler)),
          executor_(asio::prefer(executor, asio::execution::outstanding_work.tracked)) {}

    void work() { work_(); }

    void complete(error_code ec) {
        std::unique_lock lock(mutex_);
        if (!handler_) return;
        auto handler = std::exchange(handler_, nullptr);
        auto executor = std::exchange(executor_, {});
        lock.unlock();
        asio::post(executor,
                   [handler = std::move(handler), ec]() mutable { std::move(handler)(ec); });
    }

private:
    std::function<void()> work_;
    std::mutex mutex_;
    Handler handler_;
    asio::any_io_executor executor_;
};

// Shared with the threads: one that hangs in a resolver may outlive the io_context.
struct Queue {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::shared_ptr<Job>> jobs;
    std::size_t idle = 0;
    std::size_t working = 0;  // threads that are in a job, where they may hang
    bool closed = false;

    void work() {
        std::unique_lock lock(mutex);
        for (;;) {
            ++idle;
            changed.wait(lock, [this] { return closed || !jobs.empty(); });
            --idle;
            if (closed) return;
            auto job = std::move(jobs.front());
            jobs.pop_front();
            ++working;
            lock.unlock();
            job->work();
            // Before anybody hears of it: who then ends the io_context finds this thread at rest.
            lock.lock();
            --working;
            lock.unlock();
            job->complete({});
            job.reset();
            lock.lock();
        }
    }
};

// Signals are for the thread that runs the io_context.
void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

// The threads for one kind of work, made when they are needed.
class Crew {
public:
    explicit Crew(std::size_t most) : most_(most) {}

    void submit(std::shared_ptr<Job> job) {
        const std::lock_guard lock(queue_->mutex);
        queue_->jobs.push_back(std::move(job));
        if (queue_->idle < queue_->jobs.size() && threads_.size() < most_)
            threads_.emplace_back([queue = queue_] {
                block_signals();
                queue->work();
            });
        queue_->changed.notify_one();
    }

    // A thread at rest is joined; one that still hangs in its job is let go, for a name server
    // that does not answer must not hold up the end of the process.
    void dismiss() {
        bool all_at_rest = false;
        {
            const std::lock_guard lock(queue_->mutex);
            queue_->closed = true;
            queue_->jobs.clear();
            all_at_rest = queue_->working == 0;
        }
        queue_->changed.notify_all();
        for (auto& thread : threads_)
            if (all_at_rest)
                thread.join();
            else
                thread.detach();
        threads_.clear();
    }

private:
    std::size_t most_;
    std::shared_ptr<Queue> queue_ = std::make_shared<Queue>();
    std::vector<std::thread> threads_;
};

class OffloadPool final : public asio::execution_context::service {
public:
    using key_type = OffloadPool;
    inline static asio::execution_context::id id;

    explicit OffloadPool(asio::execution_context& context) : service(context) {}

    Crew& crew_for(Work kind) { return kind == Work::names ? names_ : files_; }

private:
    void shutdown() override {
        files_.dismiss();
        names_.dismiss();
    }

    Crew files_{most_for_files};
    Crew names_{most_for_names};
};

void start(Job::Handler handler, const asio::any_io_executor& executor, std::function<void()> work,
           Work kind) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto job = std::make_shared<Job>(std::move(work), std::move(handler), executor);
    if (slot.is_connected())
        slot.assign([weak = std::weak_ptr(job)](asio::cancellation_type) {
            if (const auto cancelled = weak.lock())
                cancelled->complete(asio::error::operation_aborted);
        });
    asio::use_service<OffloadPool>(asio::query(executor, asio::execution::context))
        .crew_for(kind)
        .submit(std::move(job));
}

}  // namespace

awaitable<result<void>> run_offloaded(std::function<void()> job, Work kind) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    auto initiation = [&executor, &job, kind](auto handler) {
        start(std::move(handler), executor, std::move(job), kind);
    };
    auto [ec] = co_await asio::async_initiate<decltype(no_throw), void(error_code)>(
        std::move(initiation), no_throw);
    if (ec) co_return ec;
    co_return result<void>();
}

}  // namespace nettool::net
