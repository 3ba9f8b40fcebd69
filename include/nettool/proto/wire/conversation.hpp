#pragma once
// One talk of two endpoints, packet by packet: who is client, and what each packet means.

#include "nettool/proto/wire/dissect.hpp"
#include "nettool/proto/wire/sent_bytes.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>

namespace nettool::proto {

enum class Way { to_server, to_client };

/// What one packet says, in the words of the field.
struct Step {
    Way way = Way::to_server;
    std::string kind;                              // SYN, SYN-ACK, ACK, DATA, FIN, RST, UDP, ICMP
    std::string note;                              // handshake 1/3, retransmission, …
    std::uint32_t sequence = 0, acknowledged = 0;  // relative to the first seen, of TCP
};

/// What happened in a conversation so far; of TCP but for packets and bytes.
struct Counts {
    std::uint64_t packets = 0;
    std::uint64_t bytes_to_server = 0, bytes_to_client = 0;  // payload, sent again or not
    std::uint64_t retransmissions = 0;
    std::uint64_t out_of_order = 0;
    std::uint64_t duplicate_acks = 0;
    std::uint64_t missing_bytes = 0;  // acknowledged, but not in the capture
    std::uint64_t zero_windows = 0;
    std::uint64_t resets = 0;
};

/// Judges by the bytes that were sent, never by time: a retransmission is what was sent before
/// (RFC 9293).
class Conversation {
public:
    using Time = std::chrono::nanoseconds;

    /// Begun by this packet: the client has sent a SYN, or is who has the higher port.
    explicit Conversation(const Dissected& first);

    const IpEndpoint& client() const noexcept { return client_; }
    const IpEndpoint& server() const noexcept { return server_; }
    bool is_tcp() const noexcept { return is_tcp_; }
    const Counts& counts() const noexcept { return counts_; }

    /// Whether the packet begins another conversation of the same endpoints.
    bool is_begun_anew_by(const Dissected& packet) const noexcept;

    Step add(const Dissected& packet, Time time);

    /// The next bytes of a TCP side in order, if there are any.
    std::optional<SentBytes::Piece> take(Way way) { return side(way).sent.take(); }

    /// From SYN to SYN-ACK; nothing if that was not seen, or has no time of its own: a record of a
    /// server's begins when the connection was accepted.
    std::optional<Time> round_trip() const;

    /// What is remembered of the bytes, and its size in memory.
    void forget();
    std::size_t memory() const noexcept;

private:
    // What one side has done.
    struct Side {
        SentBytes sent;
        std::optional<std::uint16_t> window;      // the last one
        std::optional<std::uint32_t> last_acked;  // as sent
        std::uint64_t duplicate_acks = 0;         // in a row
        bool finished = false;
        bool probed = false;  // waits for an answer to a keep-alive
    };
    class Notes;

    Side& side(Way way) noexcept { return sides_[way == Way::to_server ? 0 : 1]; }
    Side& other(Way way) noexcept { return sides_[way == Way::to_server ? 1 : 0]; }
    void meet(const Dissected& packet, Way way, Notes& notes);
    void judge_opening(const Dissected& packet, Way way, Time time, Notes& notes);
    void judge_data(const Dissected& packet, Way way, Notes& notes);
    bool judge_probe(const Dissected& packet, Way way, Notes& notes);
    void judge_acknowledgement(const Dissected& packet, Way way, Notes& notes);
    void judge_bare(const Dissected& packet, Side& side, const SentBytes& acked, Notes& notes);
    void judge_end(const Dissected& packet, Side& side, Notes& notes);
    void judge_window(const Dissected& packet, Side& side, Notes& notes);

    IpEndpoint client_, server_;
    bool is_tcp_;
    Counts counts_;
    std::array<Side, 2> sides_;
    std::optional<Time> syn_, syn_ack_;
    bool shaken_ = false;  // the third step of the handshake was seen
    bool over_ = false;    // reset
};

}  // namespace nettool::proto
