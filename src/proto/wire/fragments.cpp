#include "nettool/proto/wire/fragments.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

constexpr std::size_t unit = 8;  // what offsets are counted in

std::size_t units(std::size_t bytes) { return (bytes + unit - 1) / unit; }

}  // namespace

std::list<Fragments::Packet>::iterator Fragments::find(const IpPayload& fragment) {
    return std::ranges::find_if(packets_, [&](const Packet& packet) {
        const auto& first = packet.first;
        return first.id == fragment.id && first.protocol == fragment.protocol &&
               first.source == fragment.source && first.target == fragment.target;
    });
}

// One that came twice changes nothing (RFC 8200, section 4.5).
bool Fragments::is_known(const Packet& packet, const IpPayload& fragment) {
    const auto end = fragment.offset + fragment.bytes.size();
    if (fragment.bytes.empty() || end > packet.bytes.size()) return false;
    for (auto at = fragment.offset / unit; at < units(end); ++at)
        if (!packet.filled[at]) return false;
    const auto known =
        std::string_view(packet.bytes).substr(fragment.offset, fragment.bytes.size());
    return known == fragment.bytes;
}

// Whether it may belong to the packet.
bool Fragments::put(Packet& packet, const IpPayload& fragment) {
    const auto end = fragment.offset + fragment.bytes.size();
    const bool cut = fragment.bytes.size() < fragment.size;
    if (cut || end > max_bytes || (fragment.more && fragment.size % unit != 0)) return false;
    if (packet.end > 0 && end > packet.end) return false;
    if (!fragment.more && (packet.end > 0 || packet.bytes.size() > end)) return false;
    if (packet.bytes.size() < end) packet.bytes.resize(end);
    packet.filled.resize(std::max(packet.filled.size(), units(end)));
    for (auto at = fragment.offset / unit; at < units(end); ++at) {
        if (packet.filled[at]) return false;
        packet.filled[at] = true;
    }
    fragment.bytes.copy(packet.bytes.data() + fragment.offset, fragment.bytes.size());
    if (!fragment.more) packet.end = end;
    return true;
}

bool Fragments::is_whole(const Packet& packet) {
    return packet.end > 0 && std::ranges::find(packet.filled, false) == packet.filled.end();
}

std::optional<IpPayload> Fragments::add(const IpPayload& fragment) {
    auto packet = find(fragment);
    if (packet == packets_.end()) {
        if (packets_.size() >= max_packets) packets_.pop_front();
        packet = packets_.insert(packets_.end(), Packet{fragment, {}, {}, 0});
    }
    if (!is_known(*packet, fragment) && !put(*packet, fragment)) {
        packets_.erase(packet);
        return std::nullopt;
    }
    if (!is_whole(*packet)) return std::nullopt;
    auto whole = packet->first;
    whole_ = std::move(packet->bytes);
    packets_.erase(packet);
    whole.offset = 0;
    whole.more = false;
    whole.bytes = whole_;
    whole.size = whole_.size();
    return whole;
}

}  // namespace nettool::proto
