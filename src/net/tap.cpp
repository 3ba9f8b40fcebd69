#include "nettool/net/tap.hpp"

#include <atomic>

namespace nettool::net {

std::uint64_t next_flow_id() noexcept {
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

std::span<const std::byte> bytes_of(std::string_view text) noexcept {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace nettool::net
