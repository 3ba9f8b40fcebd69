#include "nettool/proto/wire/conversations.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>
#include <utility>

namespace nettool::proto {
namespace {

constexpr std::size_t endpoint_size = 18;

void append(std::string& key, const IpEndpoint& end) {
    key.append(reinterpret_cast<const char*>(end.address.bytes.data()), end.address.bytes.size());
    key += static_cast<char>(end.port >> 8);
    key += static_cast<char>(end.port & 0xff);
}

}  // namespace

// The same for both directions.
std::string Conversations::key_of(const Dissected& packet) {
    std::string source, target;
    append(source, packet.source);
    append(target, packet.target);
    std::string key;
    key.reserve(2 * endpoint_size + 1);
    key += static_cast<char>((packet.is_tcp ? 1 : 0) | (packet.source.address.is_v6 ? 2 : 0));
    key += std::min(source, target);
    key += std::max(source, target);
    return key;
}

Dialogue* Conversations::dialogue_of(const Dissected& packet, bool& is_new) {
    auto key = key_of(packet);
    const auto known = by_ends_.find(key);
    is_new = known == by_ends_.end() || known->second->conversation_.is_begun_anew_by(packet);
    if (!is_new) return known->second;
    if (all_.size() >= limits_.conversations) return nullptr;
    all_.push_back(std::make_unique<Dialogue>(all_.size() + 1, packet));
    return by_ends_[std::move(key)] = all_.back().get();
}

std::string Conversations::hear(Dialogue& dialogue, const Dissected& packet, Way way, Time time) {
    auto& recognition = dialogue.recognition_;
    if (!packet.complaint.empty()) return {};
    if (!packet.is_tcp) return recognition.read({way, packet.payload, false, time});
    std::string message;
    // A packet that fills a hole brings what waited behind it, too.
    while (const auto piece = dialogue.conversation_.take(way))
        append_joined(message, "; ",
                      recognition.read({way, piece->bytes, piece->behind_gap, time}));
    return message;
}

void Conversations::account(Dialogue& dialogue) {
    const auto memory = dialogue.conversation_.memory() + dialogue.recognition_.memory();
    remembered_ += memory - dialogue.memory_;
    dialogue.memory_ = memory;
    if (dialogue.recent_)
        recent_.splice(recent_.begin(), recent_, *dialogue.recent_);
    else
        dialogue.recent_ = recent_.insert(recent_.begin(), &dialogue);
    while (remembered_ > limits_.remembered && !recent_.empty()) {
        auto& silent = *recent_.back();
        recent_.pop_back();
        silent.recent_.reset();
        silent.conversation_.forget();
        silent.recognition_.forget();
        remembered_ -= std::exchange(silent.memory_, 0);
    }
}

Conversations::Other Conversations::add(std::uint16_t linktype, std::string_view bytes, Time time,
                                        Told& told) {
    auto ip = ip_payload(linktype, bytes);
    if (!ip) return Other::no_transport;
    if (ip->is_fragment()) ip = fragments_.add(*ip);
    if (!ip) return Other::fragment;
    auto packet = dissect(*ip);
    if (!packet) return Other::no_transport;
    auto* dialogue = dialogue_of(*packet, told.is_new);
    if (!dialogue) return Other::too_many;
    told.dialogue = dialogue;
    told.step = dialogue->conversation_.add(*packet, time);
    told.message = hear(*dialogue, *packet, told.step.way, time);
    told.packet = std::move(*packet);
    account(*dialogue);
    return Other::none;
}

}  // namespace nettool::proto
