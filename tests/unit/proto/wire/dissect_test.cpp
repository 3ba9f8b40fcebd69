#include "nettool/proto/wire/dissect.hpp"

#include "nettool/proto/wire/fragments.hpp"
#include "support/sample_packet.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace nettool::proto {
namespace {

using namespace std::string_literals;

TEST(Dissect, FindsTheSegmentBehindEveryLink) {
    const auto ip = test::sample_packet();
    const std::string mac(12, 'm');
    const std::pair<std::uint16_t, std::string> links[] = {
        {0, "\2\0\0\0"s + ip},
        {1, mac + "\x08\x00"s + ip},
        {1, mac + "\x81\x00\x00\x05\x08\x00"s + ip + "padding"},
        {101, ip},
        {108, "\0\0\0\2"s + ip},
        {113, std::string(16, 's') + ip},
        {228, ip},
        {276, std::string(20, 's') + ip},
    };
    for (const auto& [linktype, packet] : links) {
        const auto found = dissect(linktype, packet);
        ASSERT_TRUE(found) << linktype;
        EXPECT_EQ(to_string(found->source), "127.0.0.1:40000");
        EXPECT_EQ(found->payload, "hello");
        for (std::size_t cut = 0; cut + 5 < packet.size() && linktype != 1; ++cut)
            dissect(linktype, packet.substr(0, cut));
    }
    EXPECT_FALSE(dissect(147, ip)) << "of somebody's own";
    EXPECT_FALSE(dissect(1, mac + "\x08\x06"s + ip)) << "ARP";
    IpEndpoint v6;
    v6.address.is_v6 = true;
    v6.address.bytes[15] = 1;
    v6.port = 80;
    EXPECT_EQ(to_string(v6), "[::1]:80");
    v6.address.bytes[0] = 0x20;
    v6.address.bytes[1] = 0x01;
    EXPECT_EQ(to_string(v6), "[2001::1]:80");
}

std::string datagram(std::string_view payload) {
    UdpDatagram udp;
    udp.source.address.bytes = udp.target.address.bytes = {127, 0, 0, 1};
    udp.source.port = 40'000;
    udp.target.port = 12'000;
    udp.payload = payload;
    std::string packet;
    append_packet(packet, udp);
    return packet;
}

TEST(Dissect, ReadsWhatIcmpQuotes) {
    const auto quoted = datagram("Ping 1 1.5");
    auto packet = datagram("");
    packet[9] = 1;  // ICMP
    packet.resize(20);
    packet += "\3\3xx\0\0\0\0"s + quoted.substr(0, 28);
    packet[2] = 0;
    packet[3] = static_cast<char>(packet.size());
    const auto found = dissect(101, packet);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->complaint, "port unreachable");
    EXPECT_FALSE(found->is_tcp);
    EXPECT_EQ(to_string(found->source), "127.0.0.1:12000") << "who could not be reached";
    for (std::size_t cut = 0; cut < packet.size(); ++cut) dissect(101, packet.substr(0, cut));
    packet[20] = 8;  // an echo request
    EXPECT_FALSE(dissect(101, packet));
}

// The pieces of a packet, each with its own header.
std::vector<std::string> pieces_of(const std::string& packet, std::size_t size) {
    std::vector<std::string> pieces;
    const auto payload = packet.substr(20);
    for (std::size_t at = 0; at < payload.size(); at += size) {
        auto piece = packet.substr(0, 20) + payload.substr(at, size);
        const auto units = at / 8 | (at + size < payload.size() ? 0x2000 : 0);
        piece[2] = static_cast<char>(piece.size() >> 8);
        piece[3] = static_cast<char>(piece.size());
        piece[6] = static_cast<char>(units >> 8);
        piece[7] = static_cast<char>(units);
        pieces.push_back(piece);
    }
    return pieces;
}

TEST(Fragments, ArePutTogetherInAnyOrder) {
    std::string payload;
    for (int i = 0; i < 100; ++i) payload += std::to_string(i);
    const auto pieces = pieces_of(datagram(payload), 64);
    ASSERT_EQ(pieces.size(), 4U);
    for (const auto& order : {std::array{0, 1, 2, 3}, std::array{3, 1, 0, 2}}) {
        Fragments fragments;
        std::optional<IpPayload> whole;
        for (const int i : order) {
            EXPECT_FALSE(whole);
            EXPECT_FALSE(dissect(101, pieces[static_cast<std::size_t>(i)]));
            whole = fragments.add(*ip_payload(101, pieces[static_cast<std::size_t>(i)]));
        }
        ASSERT_TRUE(whole);
        EXPECT_EQ(dissect(*whole)->payload, payload);
    }
}

TEST(Fragments, ThatOverlapAreNothing) {
    const auto pieces = pieces_of(datagram(std::string(200, 'x')), 64);
    const auto others = pieces_of(datagram(std::string(200, 'y')), 128);
    Fragments fragments;
    const auto add = [&](const std::string& piece) {
        return fragments.add(*ip_payload(101, piece)).has_value();
    };
    EXPECT_FALSE(add(pieces[0]));
    EXPECT_FALSE(add(pieces[0])) << "twice the same is no harm";
    EXPECT_FALSE(add(pieces[1]));
    EXPECT_FALSE(add(pieces[2]));
    EXPECT_TRUE(add(pieces[3]));
    EXPECT_FALSE(add(pieces[1]));
    EXPECT_FALSE(add(others[0])) << "both are given up";
    for (const int i : {0, 2, 3}) EXPECT_FALSE(add(pieces[static_cast<std::size_t>(i)])) << i;
}

}  // namespace
}  // namespace nettool::proto
