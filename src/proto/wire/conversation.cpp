#include "nettool/proto/wire/conversation.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

constexpr std::size_t most_recent = 64UL * 1024;
constexpr std::size_t most_holes = 1000;

// How far `a` is behind `b` in a space that wraps (RFC 9293, section 3.4).
std::int32_t distance(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b); }

std::string kind_of(const Dissected& packet) {
    if (!packet.is_tcp) return "UDP";
    if (packet.flags & rst) return "RST";
    if (packet.flags & syn) return packet.flags & ack ? "SYN-ACK" : "SYN";
    if (packet.payload_size > 0) return "DATA";
    return packet.flags & fin ? "FIN" : "ACK";
}

void join(std::string& notes, const std::string& note) {
    if (note.empty()) return;
    if (!notes.empty()) notes += ", ";
    notes += note;
}

}  // namespace

Conversation::Conversation(const Dissected& first) : is_tcp_(first.is_tcp) {
    const bool answers = (first.flags & syn) && (first.flags & ack);
    const bool asks = (first.flags & syn) && !answers;
    const bool by_client = asks || (!answers && first.source.port >= first.target.port);
    client_ = by_client ? first.source : first.target;
    server_ = by_client ? first.target : first.source;
}

std::optional<Conversation::Time> Conversation::round_trip() const {
    if (!syn_ || !syn_ack_) return std::nullopt;
    return *syn_ack_ - *syn_;
}

Step Conversation::add(const Dissected& packet, Time time) {
    Step step;
    // One on one: on loopback both endpoints may have the same address.
    step.way = packet.source == client_ ? Way::to_server : Way::to_client;
    step.kind = kind_of(packet);
    if (!packet.is_tcp) return step;
    auto& side = sides_[step.way == Way::to_server ? 0 : 1];
    auto& other = sides_[step.way == Way::to_server ? 1 : 0];
    if ((packet.flags & ack) && !other.first) {
        other.first = packet.acknowledged - 1;  // its beginning was not seen
        other.next = packet.acknowledged;
    }
    return add_segment(packet, time, side, other, std::move(step));
}

Step Conversation::add_segment(const Dissected& packet, Time time, Side& side, const Side& other,
                               Step step) {
    const bool opens = (packet.flags & syn) != 0;
    if (!side.first) {
        side.first = opens ? packet.sequence : packet.sequence - 1;
        side.next = packet.sequence;
        if (!opens && packet.payload_size > 0) join(step.note, "the beginning was not captured");
    }
    step.sequence = packet.sequence - *side.first;
    if ((packet.flags & ack) && other.first) step.acknowledged = packet.acknowledged - *other.first;
    if (opens) {
        const bool answer = (packet.flags & ack) != 0;
        auto& seen = answer ? syn_ack_ : syn_;
        const bool again = seen.has_value();
        if (!again) seen = time;
        join(step.note, again ? "retransmission" : answer ? "handshake 2/3" : "handshake 1/3");
        side.next = packet.sequence + 1;
    } else if (!shaken_ && syn_ack_ && step.kind == "ACK" && step.way == Way::to_server) {
        join(step.note, "handshake 3/3");
    }
    if (!opens && step.way == Way::to_server && syn_ack_) shaken_ = true;
    if (packet.payload_size > 0) join(step.note, judge_data(packet, side));
    if (packet.flags & fin) {
        join(step.note, side.finished ? "retransmission" : "teardown");
        if (!side.finished) ++side.next;
        side.finished = true;
    }
    if (packet.flags & rst) join(step.note, "reset");
    if (packet.window == 0 && !(packet.flags & rst)) join(step.note, "zero window");
    return step;
}

// Whether these bytes were sent before is a question of the bytes, not of times.
std::string Conversation::judge_old(const Dissected& packet, const Side& side) {
    const auto back = static_cast<std::size_t>(-distance(packet.sequence, side.next));
    const bool keeps_alive = packet.payload_size <= 1 && back == 1;
    if (keeps_alive) return "keep-alive";
    if (back > side.recent.size()) return "sent before";
    const auto known = std::string_view(side.recent).substr(side.recent.size() - back);
    const auto size = std::min(known.size(), packet.payload.size());
    return known.substr(0, size) == packet.payload.substr(0, size) ? "retransmission"
                                                                   : "other bytes than before";
}

// What begins a hole makes it smaller; the rest of it, if there is one, is still missing.
bool Conversation::fills_hole(const Dissected& packet, Side& side) {
    const auto end = packet.sequence + static_cast<std::uint32_t>(packet.payload_size);
    for (auto hole = side.holes.begin(); hole != side.holes.end(); ++hole) {
        if (distance(packet.sequence, hole->first) < 0) continue;
        if (distance(packet.sequence, hole->second) >= 0) continue;
        if (packet.sequence == hole->first)
            hole->first = end;
        else if (distance(end, hole->second) >= 0)
            hole->second = packet.sequence;
        if (distance(hole->first, hole->second) >= 0) side.holes.erase(hole);
        return true;
    }
    return false;
}

std::string Conversation::judge_data(const Dissected& packet, Side& side) const {
    std::string note;
    auto bytes = packet.payload;
    const auto ahead = distance(packet.sequence, side.next);
    const auto end = packet.sequence + static_cast<std::uint32_t>(packet.payload_size);
    if (ahead < 0 && fills_hole(packet, side)) return "out of order, fills a hole";
    if (ahead < 0) {
        note = judge_old(packet, side);
        if (distance(end, side.next) <= 0) return note;
        bytes.remove_prefix(std::min(bytes.size(), static_cast<std::size_t>(-ahead)));
    } else if (ahead > 0) {
        note = std::to_string(ahead) + " bytes before it are missing";
        side.recent.clear();
        if (side.holes.size() < most_holes) side.holes.emplace_back(side.next, packet.sequence);
    }
    side.next = end;
    side.recent += bytes;
    if (packet.payload.size() < packet.payload_size) side.recent.clear();
    if (side.recent.size() > 2 * most_recent)
        side.recent.erase(0, side.recent.size() - most_recent);
    return note;
}

}  // namespace nettool::proto
