#pragma once
// Moves bytes from a descriptor to a stream until the end, in constant memory.

#include "nettool/net/descriptor.hpp"
#include "nettool/net/stream.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace nettool::net {

/// Shown every chunk before it is passed on.
using Onlooker = std::function<void(std::string_view)>;

/// What was moved, and which side ended it before its time.
struct Copied {
    std::uint64_t bytes = 0;
    error_code read;
    error_code write;
};

/// Copies until the end of `source`, then half-closes `target` where that is possible.
awaitable<Copied> copy(Descriptor& source, Stream& target, const Onlooker& onlooker);

}  // namespace nettool::net
