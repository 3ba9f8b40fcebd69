#pragma once
// Puts the fragments of IP packets together (RFC 791, section 3.2; RFC 8200, section 4.5).

#include "nettool/proto/wire/dissect.hpp"

#include <list>
#include <optional>
#include <string>
#include <vector>

namespace nettool::proto {

/// At most max_packets incomplete ones are kept; the oldest gives way.  What overlaps another
/// fragment makes the packet nothing (RFC 5722).
class Fragments {
public:
    static constexpr std::size_t max_packets = 256;
    static constexpr std::size_t max_bytes = 65'535;  // of one

    /// The packet that this one completes; its bytes are valid until the next call.
    std::optional<IpPayload> add(const IpPayload& fragment);

private:
    struct Packet {
        IpPayload first;  // whose endpoints, protocol and id are those of all
        std::string bytes;
        std::vector<bool> filled;  // by eight bytes
        std::size_t end = 0;       // 0: not known yet
    };

    std::list<Packet>::iterator find(const IpPayload& fragment);
    static bool is_known(const Packet& packet, const IpPayload& fragment);
    static bool put(Packet& packet, const IpPayload& fragment);
    static bool is_whole(const Packet& packet);

    std::list<Packet> packets_;
    std::string whole_;
};

}  // namespace nettool::proto
