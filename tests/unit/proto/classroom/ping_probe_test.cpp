#include "nettool/proto/classroom/ping_probe.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;
using Kind = PingProbes::Kind;

constexpr auto time_of_first = std::chrono::nanoseconds(1'700'000'000'123'456'789);

/// Probes 1 to 12, a second apart.
class Probes : public testing::Test {
protected:
    Probes() {
        for (int i = 0; i < 12; ++i) texts_.push_back(probes_.next(time_of_first + i * 1s));
    }
    Kind kind(std::string_view reply, std::optional<std::uint64_t> outstanding = {}) const {
        return probes_.judge(reply, outstanding).kind;
    }
    std::uint64_t number(std::string_view reply) const { return probes_.judge(reply, {}).number; }
    const std::string& probe(std::size_t number) const { return texts_[number - 1]; }

    PingProbes probes_{481'516, 0};
    std::vector<std::string> texts_;
};

TEST_F(Probes, AreThreeTokensThatEndWithTheCookie) {
    EXPECT_EQ(probe(1), "Ping 1 1700000000.123456789481516");
    EXPECT_EQ(probe(12), "Ping 12 1700000011.123456789481516");
    EXPECT_EQ(PingProbes::size_of(1), probe(1).size());
    EXPECT_EQ(PingProbes::size_of(12), probe(12).size());
    PingProbes padded(16, 64);
    EXPECT_EQ(padded.next(time_of_first),
              "Ping 1 1700000000.123456789" + std::string(31, '0') + "000016");
}

TEST_F(Probes, KnowTheirRepliesInAnyCase) {
    for (const auto* reply :
         {"Ping 7 1700000006.123456789481516", "PING 7 1700000006.123456789481516",
          "Pong 7 1700000006.123456789481516", "pong 7 1700000006.123456789481516",
          "Ping 7 1700000006.123456789481516\n", "answer to 7: 1700000006.123456789481516",
          "b'Ping 7 1700000006.123456789481516'", "ECHO 7 1700000006.123456789481516",
          "7 at ...481516, it was"}) {
        EXPECT_EQ(kind(reply), Kind::verified) << reply;
        EXPECT_EQ(number(reply), 7U) << reply;
    }
    EXPECT_EQ(kind(probe(3) + std::string(900, '\0')), Kind::verified) << "the buffer of C";
}

TEST_F(Probes, TellADamagedCopyFromAReply) {
    for (const auto* reply :
         {"Pinf 7 1700000006.123456789481516", "Ping 6 1700000006.123456789481516",
          "Ping 7 1700000006.123456789481517", "Ping 7 17000", "Ping", "", "Pong 7",
          "Ping 7 1700000006.123456789481516!", "Ping 701700000006.123456789481516",
          "pong 13 1700000006.123456789481516", "answer to 3: 1700000006.123456789481516"})
        EXPECT_EQ(kind(reply, 7), Kind::corrupt) << reply;
    EXPECT_EQ(kind("Ping 701700000006.123456789481516"), Kind::corrupt) << "whichever waits";
}

TEST_F(Probes, NoFlippedBitMakesAReplyToAnotherProbe) {
    for (std::size_t bit = 0; bit < probe(7).size() * 8; ++bit) {
        auto damaged = probe(7);
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
        const auto judgement = probes_.judge(damaged, 7);
        // A letter in the other case cannot be told from a server that changes the case.
        const bool same = judgement.kind == Kind::verified && judgement.number == 7;
        EXPECT_TRUE(judgement.kind == Kind::corrupt || same) << damaged;
    }
}

TEST_F(Probes, TakeForeignTextsOnlyForTheOneThatWaits) {
    EXPECT_EQ(kind("pong", 12), Kind::unverified);
    EXPECT_EQ(kind("hello there", 12), Kind::unverified);
    EXPECT_EQ(kind("pong"), Kind::stray);
    EXPECT_EQ(kind("\xff\xfe\x00", 12), Kind::unverified);
    EXPECT_EQ(kind("12 o'clock", 12), Kind::corrupt) << "shares a word";
    EXPECT_EQ(kind("ping", 12), Kind::corrupt);
}

TEST_F(Probes, AreFoundInTheQuotesOfErrors) {
    EXPECT_EQ(probes_.number_of(probe(5)), 5U);
    EXPECT_EQ(probes_.number_of("Ping 5 1600000000.000000000481516"), std::nullopt);
    EXPECT_EQ(probes_.number_of("\xff"), std::nullopt);
}

TEST_F(Probes, ForgetTheOldest) {
    for (std::size_t i = 0; i < PingProbes::remembered; ++i) probes_.next(time_of_first);
    EXPECT_NE(kind(probe(12)), Kind::verified);
    EXPECT_EQ(probes_.sent(), PingProbes::remembered + 12);
}

TEST(Pong, IsTheSameLengthAndOnlyForPing) {
    EXPECT_EQ(pong_of("Ping 1 2"), "Pong 1 2");
    EXPECT_EQ(pong_of("Ping"), "Ping");
    EXPECT_EQ(pong_of("ping 1"), "ping 1");
    EXPECT_EQ(pong_of(""), "");
}

}  // namespace
}  // namespace nettool::proto
