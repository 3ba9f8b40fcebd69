#include "nettool/seeing/frame_maker.hpp"

#include "nettool/base/text.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>

namespace nettool::seeing {

using net::Event;
using proto::IpAddress;
using proto::pcapng::Heading;

namespace {

constexpr std::size_t segment_size = 1460;
constexpr std::size_t saved_syn_header = 40;

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

IpAddress address_of(const std::string& text) {
    error_code ec;
    const auto address = asio::ip::make_address(text, ec);
    IpAddress ip;
    if (ec) return ip;
    ip.is_v6 = address.is_v6();
    if (ip.is_v6)
        ip.bytes = address.to_v6().to_bytes();
    else
        std::ranges::copy(address.to_v4().to_bytes(), ip.bytes.begin());
    return ip;
}

// The header of the SYN that the kernel has kept: where TCP begins in it.
std::size_t transport_header(std::string_view packet) {
    const auto version = static_cast<unsigned char>(packet[0]) >> 4;
    if (version == 4) return 4UL * (static_cast<unsigned char>(packet[0]) & 15);
    return 40;
}

std::uint32_t u32(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

bool holds_tcp(std::string_view packet) {
    return packet.size() >= saved_syn_header && transport_header(packet) + 20 <= packet.size();
}

// Maximum segment size 1460, selective acknowledgements, no window scaling.
constexpr std::string_view syn_options("\x02\x04\x05\xb4\x04\x02\x01\x01", 8);

}  // namespace

bool FrameMaker::has_packets(const net::Flow& flow) {
    return !flow.local.is_unix && !flow.peer.is_unix;
}

FrameMaker::Talk FrameMaker::talk_of(const net::Flow& flow) {
    Talk talk;
    talk.local = {address_of(flow.local.host), flow.local.port};
    talk.peer = {address_of(flow.peer.host), flow.peer.port};
    // A server on every address is known by the address that it was asked at.
    if (talk.local.address.is_v6 != talk.peer.address.is_v6) talk.local.address = talk.peer.address;
    talk.side = flow.side;
    return talk;
}

void FrameMaker::append(std::string& out, const Event& event) {
    if (!has_packets(event.flow)) return;
    const Time time(std::chrono::duration_cast<Time>(event.time.time_since_epoch()));
    using enum Event::Kind;
    if (event.kind == fault) return note_fault(event);
    if (event.flow.datagram) return append_datagram(out, time, event);
    if (event.kind == connected || event.kind == accepted)
        return open(out, time, event,
                    talks_.emplace(event.flow.id, talk_of(event.flow)).first->second);
    const auto found = talks_.find(event.flow.id);
    if (found == talks_.end()) return;
    auto& talk = found->second;
    if (event.kind == sent || event.kind == received) append_data(out, time, event, talk);
    if (event.kind == shut_down) finish(out, time, talk, From::local);
    if (event.kind == peer_finished) finish(out, time, talk, From::peer);
    if (event.kind == aborted) abort(out, time, event, talk);
    if (event.kind == reset && !talk.dead) {
        append_segment(out, time, talk, From::peer,
                       {proto::rst | proto::ack, "[reconstructed] reset"});
        talk.dead = true;
    }
    if (event.kind != closed) return;
    finish(out, time, talk, From::local);
    talks_.erase(found);
    faults_.erase(event.flow.id);
}

void FrameMaker::note_fault(const Event& event) {
    append_joined(faults_[event.flow.id], ", ", text_of(event.bytes));
}

void FrameMaker::add_fault(std::uint64_t flow, std::string& comment) {
    const auto found = faults_.extract(flow);
    if (found.empty()) return;
    comment +=
        (comment.empty() ? "[reconstructed] on purpose: " : "; on purpose: ") + found.mapped();
}

void FrameMaker::abort(std::string& out, Time time, const Event& event, Talk& talk) {
    if (talk.dead) return;
    std::string comment = "[reconstructed] our reset";
    add_fault(event.flow.id, comment);
    append_segment(out, time, talk, From::local, {proto::rst | proto::ack, comment});
    talk.dead = true;
}

void FrameMaker::open(std::string& out, Time time, const Event& event, Talk& talk) {
    const bool client = talk.side == net::Side::client;
    const auto caller = client ? From::local : From::peer;
    const auto callee = client ? From::peer : From::local;
    auto& caller_next = client ? talk.next_local : talk.next_peer;
    auto& callee_next = client ? talk.next_peer : talk.next_local;
    callee_next = 0;
    if (const auto saved = std::string_view(event.flow.syn); holds_tcp(saved)) {
        caller_next = u32(saved, transport_header(saved) + 4) + 1;
        packet_ = saved;
        proto::correct_tcp_checksum(packet_);  // on loopback the kernel leaves it to nobody
        append_frame(out, time, caller, "[kernel] TCP handshake 1/3 SYN");
    } else {
        caller_next = 0;
        const auto begun =
            event.flow.begun == WallTime()
                ? time
                : std::chrono::duration_cast<Time>(event.flow.begun.time_since_epoch());
        append_segment(out, begun, talk, caller,
                       {proto::syn, "[reconstructed] TCP handshake 1/3 SYN", {}, syn_options});
        caller_next = 1;
    }
    append_segment(
        out, time, talk, callee,
        {proto::syn | proto::ack, "[reconstructed] TCP handshake 2/3 SYN-ACK", {}, syn_options});
    callee_next = 1;
    append_segment(out, time, talk, caller, {proto::ack, "[reconstructed] TCP handshake 3/3 ACK"});
}

std::string FrameMaker::comment_of_data(Talk& talk, From from) const {
    const bool by_client = (from == From::local) == (talk.side == net::Side::client);
    const int speaker = by_client ? 1 : 2;
    if (talk.last == speaker) return {};
    talk.last = speaker;
    const auto number = by_client ? ++talk.requests : ++talk.answers;
    return "[reconstructed] " + protocol_ + (by_client ? " request " : " answer ") +
           std::to_string(number) + " begins here";
}

void FrameMaker::append_data(std::string& out, Time time, const Event& event, Talk& talk) {
    const auto from = event.kind == Event::Kind::sent ? From::local : From::peer;
    const auto to = from == From::local ? From::peer : From::local;
    auto bytes = text_of(event.bytes);
    if (bytes.empty() || talk.dead) return;
    auto comment = comment_of_data(talk, from);
    if (from == From::local) add_fault(event.flow.id, comment);
    while (!bytes.empty()) {
        const auto part = bytes.substr(0, segment_size);
        bytes.remove_prefix(part.size());
        const auto flags = static_cast<std::uint8_t>(proto::ack | (bytes.empty() ? proto::psh : 0));
        append_segment(out, time, talk, from, {flags, comment, part});
        comment.clear();
    }
    append_segment(out, time, talk, to, {proto::ack});
}

void FrameMaker::finish(std::string& out, Time time, Talk& talk, From from) {
    auto& finished = from == From::local ? talk.local_finished : talk.peer_finished;
    if (talk.dead || finished) return;
    finished = true;
    append_segment(out, time, talk, from,
                   {proto::fin | proto::ack, "[reconstructed] teardown FIN"});
    ++(from == From::local ? talk.next_local : talk.next_peer);
    append_segment(out, time, talk, from == From::local ? From::peer : From::local, {proto::ack});
}

void FrameMaker::append_datagram(std::string& out, Time time, const Event& event) {
    using enum Event::Kind;
    if (event.kind != sent && event.kind != received) return;
    const auto talk = talk_of(event.flow);
    const auto from = event.kind == sent ? From::local : From::peer;
    proto::UdpDatagram datagram;
    datagram.source = from == From::local ? talk.local : talk.peer;
    datagram.target = from == From::local ? talk.peer : talk.local;
    datagram.payload = text_of(event.bytes);
    packet_.clear();
    append_packet(packet_, datagram);
    std::string comment;
    if (from == From::peer) add_fault(event.flow.id, comment);
    append_frame(out, time, from, comment);
}

void FrameMaker::append_segment(std::string& out, Time time, Talk& talk, From from,
                                const Part& part) {
    const bool local = from == From::local;
    auto& next = local ? talk.next_local : talk.next_peer;
    proto::TcpSegment segment;
    segment.source = local ? talk.local : talk.peer;
    segment.target = local ? talk.peer : talk.local;
    segment.sequence = next;
    segment.acknowledged = part.flags & proto::ack ? (local ? talk.next_peer : talk.next_local) : 0;
    segment.flags = part.flags;
    segment.options = part.options;
    segment.payload = part.payload;
    next += static_cast<std::uint32_t>(part.payload.size());
    packet_.clear();
    append_packet(packet_, segment);
    append_frame(out, time, from, part.comment);
}

void FrameMaker::append_frame(std::string& out, Time time, From from, std::string_view comment) {
    ++packets_;
    const auto heading = from == From::local ? Heading::outbound : Heading::inbound;
    proto::pcapng::append_packet(out, {time, heading, packet_, 0, comment});
}

}  // namespace nettool::seeing
