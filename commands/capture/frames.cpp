#include "frames.hpp"

#include "nettool/base/text.hpp"
#include "nettool/proto/wire/ladder.hpp"
#include "nettool/proto/wire/pcapng_writer.hpp"

#include <utility>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

constexpr std::size_t ethernet_segment = 1460;
constexpr std::string_view about_loopback =
    "[captured] frames as the kernel passed them. What never leaves the machine has checksums "
    "that nobody finished, and segments that nobody cut: nothing is wrong with these.";

// `TCP handshake 1/3 SYN`, as --pcap says it, and what else is to be said.
std::string comment_of(const proto::Conversations::Told& told) {
    auto remark = remark_of(told);
    if (!remark.starts_with("handshake")) return remark;
    constexpr std::size_t step = std::string_view("handshake 1/3").size();
    return "TCP " + remark.substr(0, step) + " " + told.step.kind + remark.substr(step);
}

// `1 packet`, `2 packets`.
std::string counted(std::uint64_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

}  // namespace

std::string print(const Capturing& capturing) {
    return fmt::format("capturing on {}{}{}", capturing.interface,
                       capturing.filter.empty() ? "" : ": ", capturing.filter);
}

std::string print(const CaptureSummary& summary) {
    auto text = fmt::format("{}, {} B, {} in {:.3f} s on {}", counted(summary.packets, "packet"),
                            summary.bytes, counted(summary.conversations, "conversation"),
                            summary.time_s, summary.interface);
    text += summary.dropped == 0 ? ", none dropped" : fmt::format(", {} dropped", summary.dropped);
    if (summary.dropped_by_interface > 0)
        text += fmt::format(", {} dropped by the interface", summary.dropped_by_interface);
    const auto add = [&text](std::uint64_t count, std::string_view one, std::string_view meaning) {
        if (count > 0) text += "\n" + counted(count, one) + std::string(meaning);
    };
    add(summary.other_packets, "packet", " of no conversation");
    add(summary.unfinished_checksums, "unfinished checksum",
        ": the kernel leaves it to the network card, and on loopback there is none; nothing is "
        "wrong");
    add(summary.wrong_checksums, "wrong checksum", "");
    add(summary.long_segments, "segment",
        " longer than an Ethernet carries: only a network card cuts it");
    return text;
}

Frames::Frames(cli::Output& out, Write write, const seeing::LiveCapture::Options& options,
               std::uint16_t linktype, std::size_t max_conversations)
    : out_(out),
      write_(std::move(write)),
      linktype_(linktype),
      conversations_({max_conversations, proto::Conversations::Limits{}.remembered}) {
    summary_.interface = options.interface;
    summary_.filter = options.filter;
    if (write_) write_head(options);
}

void Frames::write_head(const seeing::LiveCapture::Options& options) {
    proto::pcapng::Interface interface;
    interface.linktype = linktype_;
    interface.name = options.interface;
    interface.filter = options.filter;
    interface.most_captured = options.most_captured;
    proto::pcapng::append_section(blocks_, "nettool", about_loopback);
    proto::pcapng::append_interface(blocks_, interface);
    flush();
}

// What the wire of a machine without a wire looks like.
std::string Frames::judge(const proto::CapturedPacket& packet, const Told* told) {
    std::string comment;
    const auto ip = proto::ip_payload(packet.linktype, packet.bytes);
    const auto checksum = ip ? proto::judge_checksum(*ip) : proto::Checksum::unknown;
    if (checksum == proto::Checksum::wrong) {
        ++summary_.wrong_checksums;
        append_joined(comment, "; ", "the checksum is wrong");
    }
    if (checksum == proto::Checksum::unfinished && summary_.unfinished_checksums++ == 0)
        append_joined(comment, "; ",
                      "the checksum is unfinished, here and in others: left to the network card");
    if (!told || !told->packet.is_tcp || told->packet.payload_size <= ethernet_segment)
        return comment;
    ++summary_.long_segments;
    const auto segments = (told->packet.payload_size + ethernet_segment - 1) / ethernet_segment;
    append_joined(comment, "; ", fmt::format("on an Ethernet these were {} segments", segments));
    return comment;
}

std::string Frames::tell(const proto::CapturedPacket& packet, const Told& told) {
    const auto relative_s = static_cast<double>((packet.time - *first_).count()) / 1e9;
    const auto number = told.dialogue->number();
    if (out_.format() == cli::Output::Format::json) {
        reports_.push_back(seeing::report_of(packet, told, relative_s));
    } else {
        seeing::PacketReport report;
        if (told.is_new) report.line = title_of(*told.dialogue) + "\n";
        report.line += fmt::format("{:4} {}", number, seeing::line_of(packet, told, relative_s));
        reports_.push_back(std::move(report));
    }
    return comment_of(told);
}

void Frames::add(const seeing::LiveCapture::Packet& captured) {
    if (!first_) first_ = captured.time;
    last_ = captured.time;
    proto::CapturedPacket packet;
    packet.number = ++summary_.packets;
    packet.time = captured.time;
    packet.linktype = linktype_;
    packet.bytes = captured.bytes;
    packet.length = captured.length;
    summary_.bytes += captured.length;
    Told told;
    const bool known = conversations_.add(linktype_, packet.bytes, packet.time, told) ==
                       proto::Conversations::Other::none;
    if (!known) ++summary_.other_packets;
    auto comment = known ? tell(packet, told) : std::string();
    append_joined(comment, "; ", judge(packet, known ? &told : nullptr));
    if (!comment.empty()) comment.insert(0, "[captured] ");
    if (!write_) return;
    proto::pcapng::append_packet(blocks_, {packet.time, proto::pcapng::Heading::unknown,
                                           packet.bytes, packet.length, comment});
}

void Frames::flush() {
    out_.emit_all(reports_);
    reports_.clear();
    if (write_ && !blocks_.empty()) write_(blocks_);
    blocks_.clear();
}

void Frames::finish(const seeing::LiveCapture::Counts& counts) {
    constexpr std::size_t most_told = 100;
    summary_.dropped = counts.dropped;
    summary_.dropped_by_interface = counts.dropped_by_interface;
    summary_.conversations = conversations_.all().size();
    const auto first = first_.value_or(last_);
    summary_.time_s = static_cast<double>((last_ - first).count()) / 1e9;
    if (write_)
        proto::pcapng::append_statistics(blocks_, {first, last_, counts.received, counts.dropped});
    flush();
    const bool json = out_.format() == cli::Output::Format::json;
    for (const auto& dialogue : conversations_.all())
        if (json || dialogue->number() <= most_told) out_.emit(seeing::report_of(*dialogue, {}));
    out_.emit(summary_);
}

}  // namespace nettool::commands
