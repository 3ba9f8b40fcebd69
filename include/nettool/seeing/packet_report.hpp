#pragma once
// What is told of the packets and conversations of a capture, as results.

#include "nettool/proto/wire/capture_reader.hpp"
#include "nettool/proto/wire/conversations.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::seeing {

struct PacketReport {
    static constexpr std::string_view event = "packet";
    std::uint64_t conversation = 0;
    std::uint64_t number = 0;  // in the capture
    std::string time;          // RFC 3339
    double relative_s = 0;     // since the first packet of the capture
    std::string from, to;
    std::string kind;
    std::string note;
    std::string message;
    std::uint32_t seq = 0, ack = 0, seq_raw = 0, ack_raw = 0;
    std::uint64_t size_bytes = 0;
    std::string text;  // escaped; the first bytes
    std::string filter;

    std::string line;  // for people
};
BOOST_DESCRIBE_STRUCT(PacketReport, (),
                      (conversation, number, time, relative_s, from, to, kind, note, message, seq,
                       ack, seq_raw, ack_raw, size_bytes, text, filter))
inline std::string print(const PacketReport& report) { return report.line; }

/// All but the line.
PacketReport report_of(const proto::CapturedPacket& packet, const proto::Conversations::Told& told,
                       double relative_s);

/// `0.000131  client |------ SYN seq=0 ------>| server   #1 handshake 1/3`
std::string line_of(const proto::CapturedPacket& packet, const proto::Conversations::Told& told,
                    double relative_s);

struct ConversationReport {
    static constexpr std::string_view event = "conversation";
    std::string file;
    std::uint64_t conversation = 0;
    std::string transport, protocol;
    std::string client, server;
    std::uint64_t packets = 0, bytes_to_server = 0, bytes_to_client = 0;
    std::optional<double> round_trip_ms;
    std::uint64_t retransmissions = 0, out_of_order = 0, duplicate_acks = 0, missing_bytes = 0,
                  zero_windows = 0, resets = 0;
    std::string summary;
    std::string filter;

    std::string text;  // for people
};
BOOST_DESCRIBE_STRUCT(ConversationReport, (),
                      (file, conversation, transport, protocol, client, server, packets,
                       bytes_to_server, bytes_to_client, round_trip_ms, retransmissions,
                       out_of_order, duplicate_acks, missing_bytes, zero_windows, resets, summary,
                       filter))
inline std::string print(const ConversationReport& report) { return report.text; }

/// Its text is its title and its summary.
ConversationReport report_of(const proto::Dialogue& dialogue, std::string file);

}  // namespace nettool::seeing
