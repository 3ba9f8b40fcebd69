#pragma once
// Moves bytes from one place to another until the end, in constant memory.

#include "nettool/net/descriptor.hpp"
#include "nettool/net/stream.hpp"

#include <functional>

namespace nettool::net {

/// Shown every chunk before it is passed on; false ends the copy.
using Onlooker = std::function<bool(std::string_view)>;

/// Copies until the end of `source`, then half-closes `target` where it can be.  Returns the bytes.
awaitable<result<std::uint64_t>> copy(Descriptor& source, Stream& target, const Onlooker& onlooker);
awaitable<result<std::uint64_t>> copy(Stream& source, Stream& target, const Onlooker& onlooker);

/// Reads `source` to its end, for the onlooker alone.
awaitable<result<std::uint64_t>> drain(Stream& source, const Onlooker& onlooker);

}  // namespace nettool::net
