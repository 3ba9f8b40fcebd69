#pragma once
// One talk of two endpoints, packet by packet: who is client, and what each packet means.

#include "nettool/proto/wire/dissect.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nettool::proto {

enum class Way { to_server, to_client };

/// What one packet says, in the words of the field.
struct Step {
    Way way = Way::to_server;
    std::string kind;                              // SYN, SYN-ACK, ACK, DATA, FIN, RST, UDP
    std::string note;                              // handshake 1/3, retransmission, …
    std::uint32_t sequence = 0, acknowledged = 0;  // relative to the first seen, of TCP
};

class Conversation {
public:
    using Time = std::chrono::nanoseconds;

    /// Begun by this packet: the client has sent a SYN, or is who has the higher port.
    explicit Conversation(const Dissected& first);

    const IpEndpoint& client() const noexcept { return client_; }
    const IpEndpoint& server() const noexcept { return server_; }
    bool is_tcp() const noexcept { return is_tcp_; }

    Step add(const Dissected& packet, Time time);

    /// From SYN to SYN-ACK; nothing if that was not seen.
    std::optional<Time> round_trip() const;

private:
    // What one side has sent.
    struct Side {
        std::optional<std::uint32_t> first;  // sequence number
        std::uint32_t next = 0;              // behind all that was sent
        std::string recent;                  // the last bytes before `next`
        // What is missing before `next`: where it begins and where it ends.
        std::vector<std::pair<std::uint32_t, std::uint32_t>> holes;
        bool finished = false;
    };

    Step add_segment(const Dissected& packet, Time time, Side& side, const Side& other, Step step);
    std::string judge_data(const Dissected& packet, Side& side) const;
    static bool fills_hole(const Dissected& packet, Side& side);
    static std::string judge_old(const Dissected& packet, const Side& side);

    IpEndpoint client_, server_;
    bool is_tcp_;
    std::array<Side, 2> sides_;
    std::optional<Time> syn_, syn_ack_;
    bool shaken_ = false;
};

}  // namespace nettool::proto
