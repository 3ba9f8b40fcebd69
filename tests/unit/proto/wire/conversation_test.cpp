#include "nettool/proto/wire/conversation.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;

/// Segments between 127.0.0.1:40000 and 127.0.0.1:80.
class Talk {
public:
    explicit Talk(std::uint32_t client_isn = 1000) : client_(client_isn) {}

    /// `has`: how many bytes of the other side it acknowledges.
    Dissected client(std::uint32_t at, std::uint8_t flags, std::string_view payload = {},
                     std::uint32_t has = 0) const {
        return segment(40'000, 80, client_ + at, server_ + 1 + has, flags, payload);
    }
    Dissected server(std::uint32_t at, std::uint8_t flags, std::string_view payload = {},
                     std::uint32_t has = 0) const {
        return segment(80, 40'000, server_ + at, client_ + 1 + has, flags, payload);
    }
    void shake() {
        note(client(0, syn));
        note(server(0, syn | ack));
        note(client(1, ack));
    }
    std::string taken(Way way) {
        std::string text;
        while (const auto piece = conversation_->take(way)) {
            if (piece->behind_gap) text += "(gap)";
            text += piece->bytes;
        }
        return text;
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
    EXPECT_EQ(talk.note(talk.server(1, ack, {}, 5)), "");
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
    EXPECT_EQ(talk.note(talk.client(1, ack, "hello")), "handshake 3/3");
    EXPECT_EQ(talk.note(talk.client(1, ack, "hello")), "retransmission");
    EXPECT_EQ(talk.note(talk.client(3, ack, "llo world")), "retransmission");
    EXPECT_EQ(talk.note(talk.client(1, ack, "jello")), "other bytes than before");
    EXPECT_EQ(talk.note(talk.client(22, ack, "late")), "10 bytes before it are missing");
    EXPECT_EQ(talk.note(talk.client(12, ack, "01234")), "out of order, fills a hole");
    EXPECT_EQ(talk.note(talk.client(17, ack, "56789")), "out of order, fills a hole");
    EXPECT_EQ(talk.note(talk.client(12, ack, "01234")), "retransmission");
    EXPECT_EQ(talk.note(talk.client(26, ack, "on")), "");
    EXPECT_EQ(talk.note(talk.server(1, ack, {}, 27)), "");
    EXPECT_EQ(talk.note(talk.client(1, ack, "hello")), "spurious retransmission");
    EXPECT_EQ(talk.conversation().counts().retransmissions, 5U);
    EXPECT_EQ(talk.conversation().counts().out_of_order, 2U);
    EXPECT_EQ(talk.taken(Way::to_server), "hello world0123456789lateon");
}

TEST(Conversation, CountsAcrossTheEndOfTheNumbers) {
    Talk talk(0xfffffffe);
    talk.note(talk.client(0, syn));
    talk.note(talk.server(0, syn | ack));
    talk.note(talk.client(1, ack));
    EXPECT_EQ(talk.note(talk.client(1, ack, "hello")), "");
    EXPECT_EQ(talk.note(talk.client(6, ack, "world")), "");
    EXPECT_EQ(talk.note(talk.client(1, ack, "hello")), "retransmission");
    EXPECT_EQ(talk.note(talk.client(14, ack, "x")), "3 bytes before it are missing");
    EXPECT_EQ(talk.taken(Way::to_server), "helloworld");
}

TEST(Conversation, BeginsInTheMiddle) {
    Talk talk;
    EXPECT_EQ(talk.note(talk.server(500, ack, "x")), "the beginning was not captured");
    EXPECT_EQ(talk.conversation().server().port, 80) << "the lower port";
    EXPECT_EQ(talk.note(talk.server(501, ack, "y")), "");
    EXPECT_EQ(talk.taken(Way::to_client), "(gap)xy");
}

TEST(Conversation, NamesWhatKeepsAConnectionAlive) {
    Talk talk;
    talk.shake();
    talk.note(talk.client(1, ack, "hello"));
    EXPECT_EQ(talk.note(talk.server(1, ack, {}, 5)), "");
    EXPECT_EQ(talk.note(talk.client(5, ack)), "keep-alive");
    EXPECT_EQ(talk.note(talk.server(1, ack, {}, 5)), "keep-alive answer");
    EXPECT_EQ(talk.note(talk.client(5, ack, "o")), "keep-alive");
    EXPECT_EQ(talk.note(talk.server(1, ack, {}, 5)), "keep-alive answer");
    EXPECT_EQ(talk.conversation().counts().retransmissions, 0U);
}

TEST(Conversation, NamesAWindowThatCloses) {
    Talk talk;
    talk.shake();
    talk.note(talk.client(1, ack, "hello"));
    auto full = talk.server(1, ack, {}, 5);
    full.window = 0;
    EXPECT_EQ(talk.note(full), "zero window");
    EXPECT_EQ(talk.note(talk.client(5, ack)), "zero-window probe");
    EXPECT_EQ(talk.note(full), "zero window");
    EXPECT_EQ(talk.note(talk.client(6, ack, "x")), "zero-window probe");
    EXPECT_EQ(talk.note(talk.server(1, ack, {}, 6)), "the window opens again");
    EXPECT_EQ(talk.conversation().counts().zero_windows, 2U);
}

TEST(Conversation, KnowsWhatWasNotCaptured) {
    Talk talk;
    talk.shake();
    talk.note(talk.client(1, ack, "hello"));
    EXPECT_EQ(talk.taken(Way::to_server), "hello");
    EXPECT_EQ(talk.note(talk.server(1, ack, {}, 15)),
              "acknowledges 10 bytes that were not captured");
    EXPECT_EQ(talk.note(talk.server(1, ack, "x", 15)), "");
    EXPECT_EQ(talk.note(talk.client(16, ack, "world")), "");
    EXPECT_EQ(talk.taken(Way::to_server), "(gap)world");
    EXPECT_EQ(talk.conversation().counts().missing_bytes, 10U);
}

TEST(Conversation, CountsDuplicateAcknowledgements) {
    Talk talk;
    talk.shake();
    talk.note(talk.server(1, ack, "hello"));
    EXPECT_EQ(talk.note(talk.server(11, ack, "third")), "5 bytes before it are missing");
    EXPECT_EQ(talk.note(talk.client(1, ack, {}, 5)), "");
    EXPECT_EQ(talk.note(talk.client(1, ack, {}, 5)), "duplicate ACK 1");
    EXPECT_EQ(talk.note(talk.client(1, ack, {}, 5)), "duplicate ACK 2");
    EXPECT_EQ(talk.note(talk.server(6, ack, "other")), "out of order, fills a hole");
    EXPECT_EQ(talk.note(talk.client(1, ack, {}, 15)), "");
    EXPECT_EQ(talk.note(talk.client(1, ack, {}, 15)), "") << "nothing is missing";
    EXPECT_EQ(talk.taken(Way::to_client), "hellootherthird");
}

TEST(Conversation, KnowsANewOneOfTheSamePorts) {
    Talk talk;
    talk.shake();
    EXPECT_FALSE(talk.conversation().is_begun_anew_by(talk.client(0, syn))) << "once more";
    EXPECT_FALSE(talk.conversation().is_begun_anew_by(talk.client(9, ack)));
    EXPECT_TRUE(talk.conversation().is_begun_anew_by(talk.client(9, syn)));
    EXPECT_FALSE(talk.conversation().is_begun_anew_by(talk.server(9, syn))) << "while it lives";
    talk.note(talk.client(1, rst));
    EXPECT_TRUE(talk.conversation().is_begun_anew_by(talk.server(9, syn)));
}

TEST(Conversation, TellsWhatIcmpSaysOfIt) {
    Talk talk;
    talk.shake();
    auto complaint = talk.server(0, 0);
    complaint.complaint = "host unreachable";
    EXPECT_EQ(talk.note(complaint), "host unreachable");
}

}  // namespace
}  // namespace nettool::proto
