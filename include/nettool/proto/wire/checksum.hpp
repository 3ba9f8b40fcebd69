#pragma once
// Whether the checksum of a captured segment or datagram is right (RFC 9293, 768, 1071).

#include "nettool/proto/wire/dissect.hpp"

namespace nettool::proto {

enum class Checksum {
    right,
    absent,      // a datagram over IPv4 need not have one
    unfinished,  // only of the pseudo-header: the network card was to do the rest
    wrong,
    unknown,  // neither TCP nor UDP, a fragment, or cut off
};

Checksum judge_checksum(const IpPayload& ip);

}  // namespace nettool::proto
