#include "nettool/proto/wire/conversation.hpp"

#include "nettool/proto/wire/capture_reader.hpp"
#include "nettool/proto/wire/pcapng_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

/// Segments between 127.0.0.1:40000 and 127.0.0.1:80.
class Talk {
public:
    explicit Talk(std::uint32_t client_isn = 1000) : client_(client_isn) {}

    Dissected client(std::uint32_t at, std::uint8_t flags, std::string_view payload = {}) const {
        return segment(40'000, 80, client_ + at, server_ + 1, flags, payload);
    }
    Dissected server(std::uint32_t at, std::uint8_t flags, std::string_view payload = {}) const {
        return segment(80, 40'000, server_ + at, client_ + 1, flags, payload);
    }
    std::string note(const Dissected& packet) {
        if (!conversation_) conversation_.emplace(packet);
        return conversation_->add(packet, time_ += 1ms).note;
    }
    const Conversation& conversation() const { return *conversation_; }

private:
    static Dissected segment(std::uint16_t source, std::uint16_t target, std::uint32_t sequence,
                             std::uint32_t acknowledged, std::uint8_t flags,
                             std::string_view payload) {
        Dissected packet;
        packet.source.address.bytes = packet.target.address.bytes = {127, 0, 0, 1};
        packet.source.port = source;
        packet.target.port = target;
        packet.is_tcp = true;
        packet.sequence = sequence;
        packet.acknowledged = flags & ack ? acknowledged : 0;
        packet.flags = flags;
        packet.window = 1000;
        packet.payload = payload;
        packet.payload_size = payload.size();
        return packet;
    }

    std::uint32_t client_, server_ = 7000;
    std::optional<Conversation> conversation_;
    Conversation::Time time_{0};
};

TEST(Conversation, NamesHandshakeAndTeardown) {
    Talk talk;
    EXPECT_EQ(talk.note(talk.client(0, syn)), "handshake 1/3");
    EXPECT_EQ(talk.note(talk.server(0, syn | ack)), "handshake 2/3");
    EXPECT_EQ(talk.note(talk.client(1, ack)), "handshake 3/3");
    EXPECT_EQ(talk.note(talk.client(1, ack | psh, "hello")), "");
    EXPECT_EQ(talk.note(talk.server(1, ack)), "");
    EXPECT_EQ(talk.note(talk.client(6, fin | ack)), "teardown");
    EXPECT_EQ(talk.note(talk.server(1, fin | ack, "bye")), "teardown");
    EXPECT_EQ(talk.note(talk.server(5, rst)), "reset");
    EXPECT_EQ(talk.conversation().client().port, 40'000);
    EXPECT_EQ(talk.conversation().round_trip(), 1ms);
}

TEST(Conversation, CallsARetransmissionOnlyWhatWasSentBefore) {
    Talk talk;
    talk.note(talk.client(0, syn));
    EXPECT_EQ(talk.note(talk.client(0, syn)), "retransmission");
    talk.note(talk.server(0, syn | ack));
    EXPECT_EQ(talk.note(talk.client(1, ack, "hello")), "");
    EXPECT_EQ(talk.note(talk.client(1, ack, "hello")), "retransmission");
    EXPECT_EQ(talk.note(talk.client(3, ack, "llo world")), "retransmission");
    EXPECT_EQ(talk.note(talk.client(1, ack, "jello")), "other bytes than before");
    EXPECT_EQ(talk.note(talk.client(11, ack, "d")), "keep-alive");
    EXPECT_EQ(talk.note(talk.client(22, ack, "late")), "10 bytes before it are missing");
    EXPECT_EQ(talk.note(talk.client(12, ack, "01234")), "out of order, fills a hole");
    EXPECT_EQ(talk.note(talk.client(17, ack, "56789")), "out of order, fills a hole");
    EXPECT_EQ(talk.note(talk.client(12, ack, "01234")), "sent before");
    EXPECT_EQ(talk.note(talk.client(26, ack, "on")), "");
}

TEST(Conversation, CountsAcrossTheEndOfTheNumbers) {
    Talk talk(0xfffffffe);
    talk.note(talk.client(0, syn));
    talk.note(talk.server(0, syn | ack));
    EXPECT_EQ(talk.note(talk.client(1, ack, "hello")), "");
    EXPECT_EQ(talk.note(talk.client(6, ack, "world")), "");
    EXPECT_EQ(talk.note(talk.client(1, ack, "hello")), "retransmission");
}

TEST(Conversation, BeginsInTheMiddle) {
    Talk talk;
    EXPECT_EQ(talk.note(talk.server(500, ack, "x")), "the beginning was not captured");
    EXPECT_EQ(talk.conversation().server().port, 80) << "the lower port";
    EXPECT_EQ(talk.note(talk.server(501, ack, "y")), "");
    auto full = talk.client(1, ack);
    full.window = 0;
    EXPECT_EQ(talk.note(full), "zero window");
}

std::string sample() {
    TcpSegment segment;
    segment.source.address.bytes = segment.target.address.bytes = {127, 0, 0, 1};
    segment.source.port = 40'000;
    segment.target.port = 80;
    segment.flags = psh | ack;
    segment.payload = "hello";
    std::string packet;
    append_packet(packet, segment);
    return packet;
}

CaptureReader reader_of(std::string file) {
    return CaptureReader(
        [file = std::move(file), at = std::size_t{0}](char* to, std::size_t size) mutable {
            const auto n = std::min(size, file.size() - at);
            std::copy_n(file.data() + at, n, to);
            at += n;
            return n;
        });
}

TEST(CaptureReader, ReadsWhatIsWrittenAndKnowsWhereItIsCutOff) {
    std::string file;
    pcapng::append_section(file, "nettool", "");
    pcapng::append_interface(file, {});
    const auto begin = file.size();
    pcapng::append_packet(file, 1'700'000'000'123'456'789ns, pcapng::Heading::inbound, sample(),
                          "hi");
    auto reader = reader_of(file);
    const auto packet = reader.next();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->time, 1'700'000'000'123'456'789ns);
    EXPECT_EQ(packet->bytes, sample());
    EXPECT_EQ(packet->comment, "hi");
    EXPECT_FALSE(reader.next());
    EXPECT_EQ(reader.trouble(), "");
    for (std::size_t cut = 1; cut < file.size(); ++cut) {
        auto shorter = reader_of(file.substr(0, cut));
        EXPECT_FALSE(shorter.next());
        if (cut > begin) {
            EXPECT_EQ(shorter.trouble(), "the file is cut off") << cut;
        }
    }
    EXPECT_FALSE(reader_of("").next());
    auto nonsense = reader_of("this is no capture");
    EXPECT_FALSE(nonsense.next());
    EXPECT_EQ(nonsense.trouble(), "neither pcapng nor pcap");
}

TEST(CaptureReader, ReadsPcapOfEitherByteOrder) {
    const auto bytes = sample();
    for (const bool big : {false, true}) {
        std::string file;
        const auto add = [&](std::uint32_t value) {
            for (int i = 0; i < 4; ++i)
                file += static_cast<char>(value >> (big ? 24 - 8 * i : 8 * i));
        };
        for (const std::uint32_t value : {0xa1b2c3d4U, 0x00040002U, 0U, 0U, 65'535U, 101U})
            add(value);
        for (const std::uint32_t value : {1'700'000'000U, 5U}) add(value);
        for (int i = 0; i < 2; ++i) add(static_cast<std::uint32_t>(bytes.size()));
        auto reader = reader_of(file + bytes);
        const auto packet = reader.next();
        ASSERT_TRUE(packet) << reader.trouble();
        EXPECT_EQ(packet->time, 1'700'000'000'000'005'000ns);
        EXPECT_EQ(packet->linktype, 101);
    }
}

TEST(Dissect, FindsTheSegmentBehindEveryLink) {
    const auto ip = sample();
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

}  // namespace
}  // namespace nettool::proto
