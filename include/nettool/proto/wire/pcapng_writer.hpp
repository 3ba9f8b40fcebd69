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
    std::string_view filter;  // of BPF; may be empty
};

/// Times are nanoseconds since 1970 (if_tsresol 9).
using Time = std::chrono::nanoseconds;

enum class Heading { unknown, inbound, outbound };

void append_section(std::string& out, std::string_view application, std::string_view comment);
void append_interface(std::string& out, const Interface& interface);
/// Of the first interface.
void append_packet(std::string& out, Time time, Heading heading, std::string_view packet,
                   std::string_view comment);
/// TLS secrets in the format of SSLKEYLOGFILE; before the packets that they decrypt.
void append_secrets(std::string& out, std::string_view key_log);
void append_statistics(std::string& out, Time begin, Time end, std::uint64_t packets);

}  // namespace nettool::proto::pcapng
