#pragma once
// The blocks of a pcapng file, as bytes (draft-ietf-opsawg-pcapng).

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace nettool::proto::pcapng {

inline constexpr std::uint16_t linktype_raw = 101;  // an IP packet without anything before it

struct Interface {
    std::uint16_t linktype = linktype_raw;
    std::string_view name;
    std::string_view description;
    std::string_view filter;          // of BPF; may be empty
    std::uint32_t most_captured = 0;  // of a packet; 0: no limit
};

/// Times are nanoseconds since 1970 (if_tsresol 9).
using Time = std::chrono::nanoseconds;

enum class Heading { unknown, inbound, outbound };

/// Of the first interface.
struct Packet {
    Time time{0};
    Heading heading = Heading::unknown;
    std::string_view bytes;
    std::uint32_t length = 0;  // on the wire; 0: all of it is there
    std::string_view comment;
};

struct Statistics {
    Time begin{0}, end{0};
    std::uint64_t received = 0;
    std::uint64_t dropped = 0;  // for want of room
};

void append_section(std::string& out, std::string_view application, std::string_view comment);
void append_interface(std::string& out, const Interface& interface);
void append_packet(std::string& out, const Packet& packet);
/// TLS secrets in the format of SSLKEYLOGFILE; before the packets that they decrypt.
void append_secrets(std::string& out, std::string_view key_log);
void append_statistics(std::string& out, const Statistics& statistics);

}  // namespace nettool::proto::pcapng
