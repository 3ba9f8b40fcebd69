#include "nettool/proto/wire/checksum.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

IpEndpoint end(bool is_v6, std::uint8_t last) {
    IpEndpoint endpoint;
    endpoint.address.is_v6 = is_v6;
    endpoint.address.bytes[0] = 10;
    endpoint.address.bytes[is_v6 ? 15 : 3] = last;
    endpoint.port = 80;
    return endpoint;
}

Checksum judge(std::string_view packet) { return judge_checksum(*ip_payload(101, packet)); }

TEST(Checksum, IsJudged) {
    for (const bool is_v6 : {false, true}) {
        std::string tcp, udp;
        append_packet(tcp, TcpSegment{end(is_v6, 1), end(is_v6, 2), 1, 2, ack, {}, "hello"});
        append_packet(udp, UdpDatagram{end(is_v6, 1), end(is_v6, 2), "hello"});
        const std::size_t begin = is_v6 ? 40 : 20;
        EXPECT_EQ(judge(tcp), Checksum::right);
        EXPECT_EQ(judge(udp), Checksum::right);
        EXPECT_EQ(judge(tcp.substr(0, tcp.size() - 1)), Checksum::unknown) << "cut off";
        ++tcp.back();
        EXPECT_EQ(judge(tcp), Checksum::wrong);
        udp[begin + 6] = udp[begin + 7] = '\0';
        EXPECT_EQ(judge(udp), Checksum::absent);
        // What the kernel leaves to a network card: the sum of addresses, protocol and length.
        const auto addresses = is_v6 ? tcp.substr(8, 32) : tcp.substr(12, 8);
        const auto pseudo = ~internet_checksum(sum_of_words(addresses) + 6 + tcp.size() - begin);
        tcp[begin + 16] = static_cast<char>(pseudo >> 8);
        tcp[begin + 17] = static_cast<char>(pseudo);
        EXPECT_EQ(judge(tcp), Checksum::unfinished);
    }
}

}  // namespace
}  // namespace nettool::proto
