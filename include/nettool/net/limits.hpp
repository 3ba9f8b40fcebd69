#pragma once
// Bounds on waiting and on descriptors.

#include "nettool/base/asio.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace nettool::net {

/// Calls `expire` once, on `executor`, when `limit` is over, unless destroyed before; zero: never.
class Deadline {
public:
    Deadline(const asio::any_io_executor& executor, std::chrono::nanoseconds limit,
             std::function<void()> expire);
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    ~Deadline();

    bool expired() const noexcept;

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with a handler that may be on its way
};

/// Raises this process's soft limit of open descriptors to hold `connections`, as far as the hard
/// limit goes.
void provide_descriptors(std::size_t connections);

}  // namespace nettool::net
