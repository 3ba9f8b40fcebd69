#pragma once
// What capture tells of each frame, writes of it, and counts for the end.

#include "nettool/cli/output.hpp"
#include "nettool/proto/wire/checksum.hpp"
#include "nettool/proto/wire/conversations.hpp"
#include "nettool/seeing/live_capture.hpp"
#include "nettool/seeing/packet_report.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::commands {

struct Capturing {
    static constexpr std::string_view event = "capturing";
    std::string interface, filter;
};
BOOST_DESCRIBE_STRUCT(Capturing, (), (interface, filter))
std::string print(const Capturing& capturing);

struct CaptureSummary {
    static constexpr std::string_view event = "summary";
    std::string interface, filter;
    std::uint64_t packets = 0, bytes = 0;
    std::uint64_t conversations = 0;
    std::uint64_t other_packets = 0;  // of no conversation
    std::uint64_t dropped = 0;        // by the kernel, for want of room
    std::uint64_t dropped_by_interface = 0;
    std::uint64_t unfinished_checksums = 0, wrong_checksums = 0;
    std::uint64_t long_segments = 0;  // longer than an Ethernet carries
    double time_s = 0;
};
BOOST_DESCRIBE_STRUCT(CaptureSummary, (),
                      (interface, filter, packets, bytes, conversations, other_packets, dropped,
                       dropped_by_interface, unfinished_checksums, wrong_checksums, long_segments,
                       time_s))
std::string print(const CaptureSummary& summary);

class Frames {
public:
    /// Takes whole pcapng blocks.
    using Write = std::function<void(std::string_view)>;

    /// `write` may be empty.  Writes the head of the file.
    Frames(cli::Output& out, Write write, const seeing::LiveCapture::Options& options,
           std::uint16_t linktype, std::size_t max_conversations);

    void add(const seeing::LiveCapture::Packet& captured);
    /// Writes what has been gathered.
    void flush();
    /// Writes the rest, and tells of the conversations and of all.
    void finish(const seeing::LiveCapture::Counts& counts);

    std::uint64_t packets() const noexcept { return summary_.packets; }

private:
    using Told = proto::Conversations::Told;

    std::string tell(const proto::CapturedPacket& packet, const Told& told);
    std::string judge(const proto::CapturedPacket& packet, const Told* told);
    void write_head(const seeing::LiveCapture::Options& options);

    cli::Output& out_;
    Write write_;
    std::uint16_t linktype_;
    proto::Conversations conversations_;
    CaptureSummary summary_;
    std::optional<std::chrono::nanoseconds> first_;
    std::chrono::nanoseconds last_{0};
    std::string blocks_;
    std::vector<seeing::PacketReport> reports_;
};

}  // namespace nettool::commands
