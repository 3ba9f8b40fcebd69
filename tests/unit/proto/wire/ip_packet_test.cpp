#include "nettool/proto/wire/ip_packet.hpp"

#include "nettool/proto/wire/pcapng_writer.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::string_view_literals;

IpEndpoint v4(std::uint8_t last, std::uint16_t port) {
    IpEndpoint endpoint;
    endpoint.address.bytes = {192, 0, 2, last};
    endpoint.port = port;
    return endpoint;
}

IpEndpoint v6(std::uint8_t last, std::uint16_t port) {
    IpEndpoint endpoint;
    endpoint.address.is_v6 = true;
    endpoint.address.bytes[0] = 0x20;
    endpoint.address.bytes[15] = last;
    endpoint.port = port;
    return endpoint;
}

// A packet whose checksum is in its place sums up to nothing.
bool is_right(std::string_view packet, std::size_t begin, unsigned protocol) {
    const bool is_v6 = begin == 40;
    const auto addresses = is_v6 ? packet.substr(8, 32) : packet.substr(12, 8);
    return internet_checksum(sum_of_words(addresses) + protocol + (packet.size() - begin) +
                             sum_of_words(packet.substr(begin))) == 0;
}

TEST(IpPacket, HasTheChecksumOfTheRfc) {
    EXPECT_EQ(sum_of_words("\x00\x01\xf2\x03\xf4\xf5\xf6\xf7"sv), 0xddf2U) << "RFC 1071, section 3";
    EXPECT_EQ(internet_checksum(0xddf2), 0x220d);
    EXPECT_EQ(sum_of_words("\x12"sv), 0x1200U);
    EXPECT_EQ(sum_of_words(""sv), 0U);
}

TEST(IpPacket, SumsUpInBothVersionsAndAnyLength) {
    for (std::size_t size = 0; size < 40; ++size) {
        const std::string payload(size, '\xfe');
        for (const bool is_v6 : {false, true}) {
            const std::size_t begin = is_v6 ? 40 : 20;
            TcpSegment segment;
            segment.source = is_v6 ? v6(1, 1234) : v4(1, 1234);
            segment.target = is_v6 ? v6(2, 80) : v4(2, 80);
            segment.sequence = 0xfffffff0;
            segment.flags = syn | ack;
            segment.options = "\x02\x04\x05\xb4"sv;
            segment.payload = payload;
            std::string packet;
            append_packet(packet, segment);
            EXPECT_EQ(packet.size(), begin + 24 + size);
            EXPECT_TRUE(is_right(packet, begin, 6)) << size;
            if (!is_v6) {
                EXPECT_EQ(internet_checksum(sum_of_words(packet.substr(0, 20))), 0);
            }
            auto spoiled = packet;
            spoiled[begin + 16] = static_cast<char>(spoiled[begin + 16] ^ 0x55);
            correct_tcp_checksum(spoiled);
            EXPECT_EQ(spoiled, packet);

            UdpDatagram datagram{segment.source, segment.target, payload};
            packet.clear();
            append_packet(packet, datagram);
            EXPECT_TRUE(is_right(packet, begin, 17)) << size;
        }
    }
}

TEST(IpPacket, LeavesWhatIsNoneAlone) {
    for (const auto text : {""sv, "x"sv, "\x45"sv, "\x4f 012345678901234567890123456789"sv}) {
        std::string packet(text);
        correct_tcp_checksum(packet);
        EXPECT_EQ(packet, text);
    }
}

TEST(Pcapng, BlocksAreWholeAndAligned) {
    std::string file;
    pcapng::append_section(file, "nettool", "a comment");
    pcapng::append_interface(file, {});
    pcapng::append_secrets(file, "CLIENT_RANDOM 1 2\n");
    for (const auto* packet : {"", "1", "12", "123", "1234"})
        pcapng::append_packet(file, {pcapng::Time(1), pcapng::Heading::inbound, packet, 0, packet});
    pcapng::append_statistics(file, {pcapng::Time(1), pcapng::Time(2), 5, 0});
    std::size_t blocks = 0;
    for (std::string_view left = file; !left.empty(); ++blocks) {
        ASSERT_GE(left.size(), 12U);
        std::uint32_t size = 0, again = 0;
        std::copy_n(left.data() + 4, 4, reinterpret_cast<char*>(&size));
        ASSERT_LE(size, left.size());
        ASSERT_EQ(size % 4, 0U);
        std::copy_n(left.data() + size - 4, 4, reinterpret_cast<char*>(&again));
        EXPECT_EQ(again, size);
        left.remove_prefix(size);
    }
    EXPECT_EQ(blocks, 9U);
}

}  // namespace
}  // namespace nettool::proto
