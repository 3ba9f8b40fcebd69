#pragma once
// Whom a datagram service may answer, so that nobody can aim it at others (CVE-2024-2169, Loop
// DoS).

#include "nettool/net/datagram.hpp"
#include "nettool/net/token_bucket.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string_view>

namespace nettool::net {

/// Judges every answer before it is sent; remembers a bounded number of peers.
class ReplyGuard {
public:
    using Clock = std::chrono::steady_clock;

    struct Limits {
        double per_second = 1000;  // datagrams that one address is answered; loopback: any number
        std::uint32_t identical =
            100;                     // answers in a second to one peer, beyond which it is a loop
        std::size_t peers = 10'000;  // that are remembered
    };

    explicit ReplyGuard(const Limits& limits) : limits_(limits) {}

    enum class Verdict {
        answer,
        never,        // a system port, ourselves, a datagram to many, or longer than what came
        too_many,     // this second
        loop_begins,  // said once
        loop,         // until the peer has been silent for a second
    };

    Verdict judge(const DatagramSocket::Datagram& request, const Endpoint& local,
                  std::string_view reply, Clock::time_point now);

private:
    struct Peer {
        Clock::time_point seen;
        Clock::time_point second;  // when the present one began
        std::size_t reply = 0;     // a hash of the last one
        std::uint32_t identical = 0;
        bool loops = false;
    };
    struct Source {
        Clock::time_point seen;
        TokenBucket bucket;
    };

    bool is_too_much(const asio::ip::address& address, Clock::time_point now);
    Verdict judge_loop(const DatagramSocket::Address& address, std::string_view reply,
                       Clock::time_point now);

    Limits limits_;
    std::map<DatagramSocket::Address, Peer> peers_;
    std::map<asio::ip::address, Source> sources_;
};

}  // namespace nettool::net
