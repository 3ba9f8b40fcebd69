#include "nettool/proto/wire/conversations.hpp"

#include "nettool/proto/wire/ladder.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t raw = 101;

IpEndpoint end(std::uint16_t port) {
    IpEndpoint endpoint;
    endpoint.address.bytes = {127, 0, 0, 1};
    endpoint.port = port;
    return endpoint;
}

std::string segment(std::uint16_t source, std::uint16_t target, std::uint32_t sequence,
                    std::uint8_t flags, std::string_view payload = {}) {
    TcpSegment tcp;
    tcp.source = end(source);
    tcp.target = end(target);
    tcp.sequence = sequence;
    tcp.flags = flags;
    tcp.payload = payload;
    std::string packet;
    append_packet(packet, tcp);
    return packet;
}

TEST(Conversations, TellsThemApart) {
    Conversations all({});
    Conversations::Told told;
    using Other = Conversations::Other;
    EXPECT_EQ(all.add(raw, segment(40'000, 80, 0, syn), 0ns, told), Other::none);
    EXPECT_TRUE(told.is_new);
    EXPECT_EQ(told.step.note, "handshake 1/3");
    all.add(raw, segment(40'001, 80, 0, syn), 0ns, told);
    EXPECT_EQ(told.dialogue->number(), 2U);
    all.add(raw, segment(80, 40'000, 0, syn | ack), 0ns, told);
    EXPECT_EQ(told.dialogue->number(), 1U);
    EXPECT_FALSE(told.is_new);
    all.add(raw, segment(40'000, 80, 77, syn), 0ns, told);
    EXPECT_EQ(told.dialogue->number(), 3U) << "the same ports anew";
    EXPECT_EQ(all.add(raw, "nonsense", 0ns, told), Other::no_transport);
    EXPECT_EQ(all.all().size(), 3U);
}

TEST(Conversations, HearsWhatIsSaid) {
    Conversations all({});
    Conversations::Told told;
    all.add(raw, segment(40'000, 80, 0, syn), 0ns, told);
    all.add(raw, segment(40'000, 80, 11, ack, "/x HTTP/1.1\r\n\r\n"), 0ns, told);
    EXPECT_EQ(told.message, "");
    const auto filler = segment(40'000, 80, 1, ack, "GET /a/b/c");
    all.add(raw, filler, 0ns, told);
    EXPECT_EQ(told.message, "HTTP GET /a/b/c/x") << "a hole is filled";
    EXPECT_EQ(label_of(told), "DATA 10 B \"GET /a/b/c\"");
    EXPECT_EQ(remark_of(told), "out of order, fills a hole, HTTP GET /a/b/c/x");
    EXPECT_EQ(title_of(*told.dialogue), "1. TCP client 127.0.0.1:40000 server 127.0.0.1:80, HTTP");
    EXPECT_EQ(summary_of(*told.dialogue),
              "3 packets, 25 B to the server, 0 B to the client, 1 packet out of order");
    EXPECT_EQ(
        display_filter_of(*told.dialogue),
        "ip.addr == 127.0.0.1 && ip.addr == 127.0.0.1 && tcp.port == 40000 && tcp.port == 80");
}

TEST(Conversations, AreBoundedInNumberAndMemory) {
    Conversations::Limits limits;
    limits.conversations = 50;
    limits.remembered = 100'000;
    Conversations all(limits);
    Conversations::Told told;
    const std::string part(10'000, '\x80');
    std::uint64_t refused = 0;
    for (std::uint16_t i = 0; i < 100; ++i)
        if (all.add(raw, segment(static_cast<std::uint16_t>(40'000 + i), 80, 5, ack, part), 0ns,
                    told) == Conversations::Other::too_many)
            ++refused;
    EXPECT_EQ(refused, 50U);
    std::size_t remembered = 0;
    for (const auto& one : all.all())
        remembered += one->conversation().memory() + one->recognition().memory();
    EXPECT_LE(remembered, 110'000U);
    all.add(raw, segment(40'000, 80, 10'005, ack, "more"), 0ns, told);
    EXPECT_EQ(told.step.note, "") << "it goes on where it was";
}

TEST(Ladder, ShowsTextAndHex) {
    EXPECT_EQ(shown_payload("a\r\n"), "\"a\\r\\n\"");
    EXPECT_EQ(shown_payload(std::string_view("\0\1\xff", 3)), "00 01 ff");
    EXPECT_EQ(rung(Way::to_server, "ACK", Ends::named),
              "client |------ ACK ------------------------------>| server");
    EXPECT_EQ(rung(Way::to_client, "ACK", Ends::bare),
              "       |<----- ACK -------------------------------|       ");
}

}  // namespace
}  // namespace nettool::proto
