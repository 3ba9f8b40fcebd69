#pragma once
// A packet for tests that only need one: a TCP segment with "hello".

#include "nettool/proto/wire/ip_packet.hpp"

#include <string>

namespace nettool::test {

inline std::string sample_packet() {
    proto::TcpSegment segment;
    segment.source.address.bytes = segment.target.address.bytes = {127, 0, 0, 1};
    segment.source.port = 40'000;
    segment.target.port = 80;
    segment.flags = proto::psh | proto::ack;
    segment.payload = "hello";
    std::string packet;
    append_packet(packet, segment);
    return packet;
}

}  // namespace nettool::test
