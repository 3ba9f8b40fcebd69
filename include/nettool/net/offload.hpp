#pragma once
// Runs blocking work (resolving, hashing, files) on a few threads beside the io_context.

#include "nettool/base/asio.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>

namespace nettool::net {

/// Each kind has threads of its own: a name server that does not answer holds up no file.
enum class Work { files, names };

/// Runs `job` on a worker thread of this io_context.  When the caller is cancelled it returns
/// operation_aborted at once and the job is abandoned, so a job owns all that it touches and must
/// not throw.
awaitable<result<void>> run_offloaded(std::function<void()> job, Work kind = Work::files);

/// The value that `job` returns; throws what it throws, operation_aborted when cancelled.
template <class Job>
awaitable<std::invoke_result_t<Job&>> offload(Job job, Work kind = Work::files) {
    struct Outcome {
        std::optional<std::invoke_result_t<Job&>> value;
        std::exception_ptr error;
    };
    auto outcome = std::make_shared<Outcome>();
    std::function<void()> work = [outcome, job = std::move(job)]() mutable {
        try {
            outcome->value.emplace(job());
        } catch (...) {
            outcome->error = std::current_exception();
        }
    };
    const auto ran = co_await run_offloaded(std::move(work), kind);
    if (!ran) throw boost::system::system_error(ran.error());
    if (outcome->error) std::rethrow_exception(outcome->error);
    co_return *std::move(outcome->value);
}

}  // namespace nettool::net
