#include "nettool/seeing/packet_report.hpp"

#include "nettool/base/clock.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/wire/ladder.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace nettool::seeing {

using Told = proto::Conversations::Told;

PacketReport report_of(const proto::CapturedPacket& packet, const Told& told, double relative_s) {
    constexpr std::size_t most_text = 1000;
    const auto& found = told.packet;
    PacketReport report;
    report.conversation = told.dialogue->number();
    report.number = packet.number;
    report.time = rfc3339(WallTime(std::chrono::duration_cast<WallTime::duration>(packet.time)));
    report.relative_s = relative_s;
    report.from = to_string(found.source);
    report.to = to_string(found.target);
    report.kind = told.step.kind;
    report.note = told.step.note;
    report.message = told.message;
    report.seq = told.step.sequence;
    report.ack = told.step.acknowledged;
    report.seq_raw = found.sequence;
    report.ack_raw = found.acknowledged;
    report.size_bytes = found.payload_size;
    report.text = escaped(found.payload.substr(0, most_text));
    report.filter = fmt::format("frame.number == {}", packet.number);
    return report;
}

std::string line_of(const proto::CapturedPacket& packet, const Told& told, double relative_s) {
    const auto ends = told.is_new ? proto::Ends::named : proto::Ends::bare;
    const auto remark = remark_of(told);
    return fmt::format("{:10.6f}  {}   #{}{}{}", relative_s,
                       rung(told.step.way, label_of(told), ends), packet.number,
                       remark.empty() ? "" : " ", remark);
}

ConversationReport report_of(const proto::Dialogue& dialogue, std::string file) {
    const auto& talk = dialogue.conversation();
    const auto& counts = talk.counts();
    ConversationReport report;
    report.file = std::move(file);
    report.conversation = dialogue.number();
    report.transport = talk.is_tcp() ? "TCP" : "UDP";
    report.protocol = dialogue.recognition().name();
    report.client = to_string(talk.client());
    report.server = to_string(talk.server());
    report.packets = counts.packets;
    report.bytes_to_server = counts.bytes_to_server;
    report.bytes_to_client = counts.bytes_to_client;
    if (const auto rtt = talk.round_trip())
        report.round_trip_ms = static_cast<double>(rtt->count()) / 1e6;
    report.retransmissions = counts.retransmissions;
    report.out_of_order = counts.out_of_order;
    report.duplicate_acks = counts.duplicate_acks;
    report.missing_bytes = counts.missing_bytes;
    report.zero_windows = counts.zero_windows;
    report.resets = counts.resets;
    report.summary = dialogue.recognition().summary();
    report.filter = display_filter_of(dialogue);
    report.text = title_of(dialogue) + "\n" + std::string(12, ' ') + summary_of(dialogue);
    return report;
}

}  // namespace nettool::seeing
