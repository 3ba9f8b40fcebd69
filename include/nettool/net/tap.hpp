#pragma once
// Observers of what crosses the toolkit's sockets: --trace, --pcap and tests.

#include "nettool/base/clock.hpp"
#include "nettool/net/endpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nettool::net {

enum class Direction { in, out };
enum class Side { client, server };

/// One connection, or one datagram socket's talk with one peer, as a tap sees it.
struct Flow {
    std::uint64_t id = 0;  // unique within the process
    Endpoint local;
    Endpoint peer;
    Side side = Side::server;
    bool datagram = false;
    WallTime begun;   // of a connection of ours: when we began to connect
    std::string syn;  // of one that came: the packet of its SYN, if the kernel has kept it
};

/// A new id for a Flow.
std::uint64_t next_flow_id() noexcept;

struct Event {
    enum class Kind {
        connected,
        accepted,
        sent,           // bytes
        received,       // bytes
        shut_down,      // we sent our FIN
        peer_finished,  // the peer's FIN was read
        reset,          // by the peer
        aborted,        // we reset it
        closed,
        fault,    // bytes: in words, what is done on purpose to what comes next
        key_log,  // bytes: one line of SSLKEYLOGFILE, before anything it decrypts is observed
    };

    Kind kind;
    WallTime time;  // of a send: when it began, for the peer may answer before it completes
    const Flow& flow;
    std::span<const std::byte> bytes;
};

/// Called from every connection's strand, in the order of that connection; must neither throw nor
/// block for long, and outlives the streams it observes.
class Tap {
public:
    virtual ~Tap() = default;
    virtual void observe(const Event& event) noexcept = 0;
};

/// The two points of observation; null means that nobody looks and nothing is paid.
struct Taps {
    Tap* messages = nullptr;  // plaintext, above TLS
    Tap* wire = nullptr;      // bytes as they cross the socket, and the connection's life
};

std::span<const std::byte> bytes_of(std::string_view text) noexcept;

}  // namespace nettool::net
