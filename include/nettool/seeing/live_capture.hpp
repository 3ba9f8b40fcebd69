#pragma once
// Packets of an interface as they pass, by libpcap, which is loaded when it is first wanted.

#include "nettool/base/asio.hpp"
#include "nettool/base/failure.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace nettool::seeing {

/// The kernel does not let this process capture.
struct NotPermitted : Failure {
    using Failure::Failure;
};

/// On Linux; the kernel filters, and says what it had to drop.
class LiveCapture {
public:
    struct Options {
        std::string interface = "lo";
        std::string filter;                        // in libpcap's language; empty: everything
        std::uint32_t most_captured = 256U << 10;  // bytes of a packet
        std::uint64_t buffer_bytes = 16U << 20;
    };
    struct Packet {
        std::chrono::nanoseconds time{0};
        std::string_view bytes;
        std::uint32_t length = 0;  // on the wire
    };
    struct Counts {
        std::uint64_t received = 0;
        std::uint64_t dropped = 0;  // for want of room in the buffer
        std::uint64_t dropped_by_interface = 0;
    };
    /// How late a packet may come.
    static constexpr std::chrono::milliseconds latency{20};

    /// Captures from now on.  Throws NotPermitted, or Failure (local) for no such interface or a
    /// bad filter.
    LiveCapture(const asio::any_io_executor& executor, const Options& options);
    ~LiveCapture();

    std::uint16_t linktype() const noexcept;

    /// Until there may be packets; operation_aborted when cancelled.
    awaitable<error_code> wait();
    /// Hands over those that are there, at most `most`; how many.  Throws Failure (local).
    std::size_t take(std::size_t most, const std::function<void(const Packet&)>& sink);

    Counts counts() const;

private:
    class Handle;
    std::unique_ptr<Handle> handle_;
};

}  // namespace nettool::seeing
