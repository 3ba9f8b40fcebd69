#pragma once
// The words of a ladder diagram: what a packet is called, drawn as a rung between two sides.

#include "nettool/proto/wire/conversations.hpp"

#include <string>
#include <string_view>

namespace nettool::proto {

/// Text in quotes with its line ends shown, anything else in hex; cut after a few dozen bytes.
std::string shown_payload(std::string_view bytes);

/// `SYN seq=0`, `DATA 7 B "12|30|."`.
std::string label_of(const Conversations::Told& told);
/// `handshake 3/3`, `retransmission, sum request`; may be empty.
std::string remark_of(const Conversations::Told& told);

/// `|------ SYN seq=0 ------------->|`, with the names of the sides at its ends on request.
enum class Ends { bare, named };
std::string rung(Way way, std::string_view label, Ends ends);

/// `2. TCP client 127.0.0.1:40000 server 127.0.0.1:1234, sum`
std::string title_of(const Dialogue& dialogue);
/// `5 packets, 9 B to the server, 3 B to the client, round trip 0.041 ms, 1 retransmission`
std::string summary_of(const Dialogue& dialogue);
/// For Wireshark: shows this conversation only, but for later ones of the same ports.
std::string display_filter_of(const Dialogue& dialogue);

}  // namespace nettool::proto
