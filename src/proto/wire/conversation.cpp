#include "nettool/proto/wire/conversation.hpp"

#include "nettool/base/text.hpp"

#include <utility>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

std::string kind_of(const Dissected& packet) {
    if (!packet.complaint.empty()) return "ICMP";
    if (!packet.is_tcp) return "UDP";
    if (packet.flags & rst) return "RST";
    if (packet.flags & syn) return packet.flags & ack ? "SYN-ACK" : "SYN";
    if (packet.payload_size > 0) return "DATA";
    return packet.flags & fin ? "FIN" : "ACK";
}

bool is_bare(const Dissected& packet) {
    return packet.payload_size == 0 && (packet.flags & (syn | fin | rst)) == 0;
}

// A SYN takes a number before the bytes that may come with it (RFC 7413).
std::uint32_t first_byte(const Dissected& packet) {
    return packet.sequence + (packet.flags & syn ? 1U : 0U);
}

}  // namespace

// Several may be true of one packet.
class Conversation::Notes {
public:
    explicit Notes(std::string& text) : text_(text) {}

    void add(std::string_view note) { append_joined(text_, ", ", note); }

private:
    std::string& text_;
};

Conversation::Conversation(const Dissected& first) : is_tcp_(first.is_tcp) {
    const bool answers = (first.flags & syn) && (first.flags & ack);
    const bool asks = (first.flags & syn) && !answers;
    const bool by_client = asks || (!answers && first.source.port >= first.target.port);
    client_ = by_client ? first.source : first.target;
    server_ = by_client ? first.target : first.source;
}

std::optional<Conversation::Time> Conversation::round_trip() const {
    if (!syn_ || !syn_ack_ || *syn_ == *syn_ack_) return std::nullopt;
    return *syn_ack_ - *syn_;
}

bool Conversation::is_begun_anew_by(const Dissected& packet) const noexcept {
    const bool asks = (packet.flags & syn) && !(packet.flags & ack) && packet.complaint.empty();
    if (!is_tcp_ || !asks || counts_.packets == 0) return false;
    const auto& client = sides_[0];
    const bool ended = over_ || (client.finished && sides_[1].finished);
    if (packet.source != client_) return ended;
    return !syn_ || client.sent.relative(packet.sequence) != 0;
}

void Conversation::forget() {
    for (auto& one : sides_) one.sent.forget();
}

std::size_t Conversation::memory() const noexcept {
    return sides_[0].sent.memory() + sides_[1].sent.memory();
}

Step Conversation::add(const Dissected& packet, Time time) {
    Step step;
    // One on one: on loopback both endpoints may have the same address.
    step.way = packet.source == client_ ? Way::to_server : Way::to_client;
    step.kind = kind_of(packet);
    ++counts_.packets;
    (step.way == Way::to_server ? counts_.bytes_to_server : counts_.bytes_to_client) +=
        packet.payload_size;
    Notes notes(step.note);
    if (!packet.complaint.empty()) {
        notes.add(packet.complaint);
        return step;
    }
    if (!packet.is_tcp) return step;
    auto& here = side(step.way);
    meet(packet, step.way, notes);
    step.sequence = here.sent.relative(packet.sequence);
    if (packet.flags & ack) step.acknowledged = other(step.way).sent.relative(packet.acknowledged);
    judge_opening(packet, step.way, time, notes);
    if (packet.payload_size > 0 || is_bare(packet)) judge_data(packet, step.way, notes);
    judge_acknowledgement(packet, step.way, notes);
    judge_end(packet, here, notes);
    judge_window(packet, here, notes);
    return step;
}

// Where the sides begin to count.
void Conversation::meet(const Dissected& packet, Way way, Notes& notes) {
    auto& here = side(way).sent;
    auto& there = other(way).sent;
    if ((packet.flags & ack) && !there.has_begun()) there.begin_midway(packet.acknowledged);
    if (here.has_begun()) return;
    if (packet.flags & syn) return here.begin(packet.sequence + 1);
    here.begin_midway(packet.sequence);
    if (packet.payload_size > 0) notes.add("the beginning was not captured");
}

void Conversation::judge_opening(const Dissected& packet, Way way, Time time, Notes& notes) {
    if (packet.flags & syn) {
        const bool answer = (packet.flags & ack) != 0;
        auto& seen = answer ? syn_ack_ : syn_;
        if (seen) {
            ++counts_.retransmissions;
            return notes.add("retransmission");
        }
        seen = time;
        return notes.add(answer ? "handshake 2/3" : "handshake 1/3");
    }
    if (shaken_ || !syn_ack_ || way != Way::to_server || (packet.flags & rst)) return;
    shaken_ = true;
    notes.add("handshake 3/3");
}

// What begins one byte before the end asks only for an answer (RFC 9293, section 3.8.4, 3.8.6.1).
bool Conversation::judge_probe(const Dissected& packet, Way way, Notes& notes) {
    auto& here = side(way);
    auto& there = other(way);
    const auto at = here.sent.position_of(packet.sequence);
    if (packet.payload_size > 1) return false;
    const bool before = at + 1 == here.sent.end() && here.sent.acknowledged() > at;
    if (there.window == 0 && (before || (packet.payload_size == 1 && at == here.sent.end()))) {
        there.probed = true;
        notes.add("zero-window probe");
        return before;
    }
    if (!before || here.finished) return false;
    there.probed = true;
    notes.add("keep-alive");
    return true;
}

void Conversation::judge_data(const Dissected& packet, Way way, Notes& notes) {
    using Sent = SentBytes::Sent;
    if ((packet.flags & (syn | fin | rst)) == 0 && judge_probe(packet, way, notes)) return;
    if (packet.payload_size == 0) return;
    auto& sent = side(way).sent;
    const auto end = sent.position_of(first_byte(packet)) + packet.payload_size;
    const bool acknowledged = end <= sent.acknowledged();
    const auto verdict = sent.add(first_byte(packet), packet.payload, packet.payload_size);
    switch (verdict.sent) {
        case Sent::fresh: return;
        case Sent::ahead:
            return notes.add(fmt::format("{} bytes before it are missing", verdict.missing));
        case Sent::into_hole:
            ++counts_.out_of_order;
            return notes.add("out of order, fills a hole");
        case Sent::differently: return notes.add("other bytes than before");
        case Sent::again:
            ++counts_.retransmissions;
            return notes.add(acknowledged ? "spurious retransmission" : "retransmission");
    }
}

void Conversation::judge_acknowledgement(const Dissected& packet, Way way, Notes& notes) {
    if (!(packet.flags & ack)) return;
    auto& here = side(way);
    auto& acked = other(way).sent;
    // A reset of what never was acknowledges anything.
    if (packet.flags & rst) return;
    judge_bare(packet, here, acked, notes);
    const auto missing = acked.acknowledge(packet.acknowledged);
    here.last_acked = packet.acknowledged;
    if (missing == 0) return;
    counts_.missing_bytes += missing;
    notes.add(fmt::format("acknowledges {} bytes that were not captured", missing));
}

// One without data (RFC 5681, section 2).
void Conversation::judge_bare(const Dissected& packet, Side& side, const SentBytes& acked,
                              Notes& notes) {
    const bool same = side.last_acked == packet.acknowledged;
    if (!same) side.duplicate_acks = 0;
    if (!is_bare(packet)) return;
    if (same && std::exchange(side.probed, false)) {
        if (side.window != 0 && packet.window != 0) notes.add("keep-alive answer");
        return;
    }
    const bool waits = acked.end() > acked.acknowledged();
    if (!same || !waits || side.window != packet.window) return;
    ++counts_.duplicate_acks;
    notes.add(fmt::format("duplicate ACK {}", ++side.duplicate_acks));
}

void Conversation::judge_end(const Dissected& packet, Side& side, Notes& notes) {
    if (packet.flags & fin) {
        if (side.finished) ++counts_.retransmissions;
        notes.add(side.finished ? "retransmission" : "teardown");
        side.sent.add_fin(first_byte(packet) + static_cast<std::uint32_t>(packet.payload_size));
        side.finished = true;
    }
    if (!(packet.flags & rst)) return;
    ++counts_.resets;
    over_ = true;
    notes.add("reset");
}

void Conversation::judge_window(const Dissected& packet, Side& side, Notes& notes) {
    if (packet.flags & rst) return;
    if (packet.window == 0) {
        ++counts_.zero_windows;
        notes.add("zero window");
    } else if (side.window == 0) {
        notes.add("the window opens again");
    }
    side.window = packet.window;
}

}  // namespace nettool::proto
