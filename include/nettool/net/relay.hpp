#pragma once
// Moves bytes from one stream to another as they come, in constant memory and, where much comes at
// a time, past our memory.

#include "nettool/net/copy.hpp"
#include "nettool/net/pipe.hpp"

#include <array>
#include <cstdint>
#include <limits>

namespace nettool::net {

/// What the relays of one strand share: a wait costs none of them a buffer.
struct RelayTools {
    static constexpr std::size_t most_pipes = 64;

    std::array<char, 64UL * 1024> scratch;  // holds nothing while anybody waits
    PipePool pipes{most_pipes};
};

inline constexpr auto no_end = std::numeric_limits<std::uint64_t>::max();

/// Until the end of `from`, an error of either, or `most` bytes.  Copied::read is
/// asio::error::eof at the end, nothing after `most`.  Ends neither stream.
awaitable<Copied> relay(Stream& from, Stream& to, std::uint64_t most, RelayTools& tools);

}  // namespace nettool::net
