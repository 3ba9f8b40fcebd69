#include "nettool/net/reply_guard.hpp"

#include <functional>

namespace nettool::net {

using namespace std::chrono_literals;
using Verdict = ReplyGuard::Verdict;

namespace {

// echo, chargen and DNS answer whatever comes.
constexpr std::uint16_t first_unprivileged_port = 1024;

// Room for one more: those who have been silent go first, all of them if nobody has.
template <class Map>
void make_room(Map& map, std::size_t most, ReplyGuard::Clock::time_point now) {
    if (map.size() < most) return;
    std::erase_if(map, [now](const auto& entry) { return now - entry.second.seen > 1s; });
    if (map.size() >= most) map.clear();
}

}  // namespace

Verdict ReplyGuard::judge(const DatagramSocket::Datagram& request, const Endpoint& local,
                          std::string_view reply, Clock::time_point now) {
    const auto peer = endpoint_of(request.peer);
    const bool is_ourselves =
        peer.port == local.port &&
        (peer.host == local.host || unmapped(request.peer.address()) == unmapped(request.asked));
    if (request.to_many || is_ourselves || peer.port < first_unprivileged_port ||
        reply.size() > request.size)
        return Verdict::never;
    if (is_too_much(request.peer.address(), now)) return Verdict::too_many;
    return judge_loop(request.peer, reply, now);
}

bool ReplyGuard::is_too_much(const asio::ip::address& address, Clock::time_point now) {
    if (is_loopback(address)) return false;
    auto found = sources_.find(address);
    if (found == sources_.end()) {
        make_room(sources_, limits_.peers, now);
        const TokenBucket bucket(limits_.per_second, limits_.per_second, now);
        found = sources_.emplace(address, Source{now, bucket}).first;
    }
    found->second.seen = now;
    return !found->second.bucket.take(now);
}

Verdict ReplyGuard::judge_loop(const DatagramSocket::Address& address, std::string_view reply,
                               Clock::time_point now) {
    auto found = peers_.find(address);
    if (found == peers_.end()) {
        make_room(peers_, limits_.peers, now);
        found = peers_.emplace(address, Peer{now, now, 0, 0, false}).first;
    }
    auto& peer = found->second;
    const bool was_silent = now - peer.seen > 1s;
    peer.seen = now;
    if (peer.loops && !was_silent) return Verdict::loop;
    const auto hash = std::hash<std::string_view>()(reply);
    if (was_silent || hash != peer.reply || now - peer.second > 1s) {
        peer.second = now;
        peer.reply = hash;
        peer.identical = 0;
    }
    peer.loops = ++peer.identical > limits_.identical;
    return peer.loops ? Verdict::loop_begins : Verdict::answer;
}

}  // namespace nettool::net
