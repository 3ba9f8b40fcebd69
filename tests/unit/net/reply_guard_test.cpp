#include "nettool/net/reply_guard.hpp"

#include <gtest/gtest.h>

namespace nettool::net {
namespace {

using namespace std::chrono_literals;
using Verdict = ReplyGuard::Verdict;

const Endpoint local{"127.0.0.1", 5001, false};
constexpr ReplyGuard::Clock::time_point start{};

DatagramSocket::Datagram from(const char* address, std::uint16_t port) {
    DatagramSocket::Datagram request;
    request.size = 10;
    request.peer = {asio::ip::make_address(address), port};
    request.asked = asio::ip::make_address("127.0.0.1");
    return request;
}

Verdict judge(const DatagramSocket::Datagram& request) {
    ReplyGuard guard({});
    return guard.judge(request, local, "answer", start);
}

TEST(ReplyGuard, NeverAnswersSystemPortsOrItself) {
    EXPECT_EQ(judge(from("127.0.0.1", 5002)), Verdict::answer);
    EXPECT_EQ(judge(from("192.0.2.1", 5001)), Verdict::answer);
    EXPECT_EQ(judge(from("192.0.2.1", 19)), Verdict::never);
    EXPECT_EQ(judge(from("192.0.2.1", 1023)), Verdict::never);
    EXPECT_EQ(judge(from("127.0.0.1", 5001)), Verdict::never);
    ReplyGuard guard({});
    EXPECT_EQ(guard.judge(from("127.0.0.1", 5001), {"0.0.0.0", 5001, false}, "a", start),
              Verdict::never)
        << "itself, also where it listens on every address";
    EXPECT_EQ(guard.judge(from("::ffff:127.0.0.1", 5001), {"::", 5001, false}, "a", start),
              Verdict::never)
        << "itself, over IPv4 on a socket of both versions";
}

TEST(ReplyGuard, NeverAnswersWhatWentToManyNorWithMoreThanCame) {
    auto request = from("192.0.2.1", 5002);
    request.to_many = true;
    EXPECT_EQ(judge(request), Verdict::never);
    request.to_many = false;
    request.size = 5;
    EXPECT_EQ(judge(request), Verdict::never);
    request.size = 6;
    EXPECT_EQ(judge(request), Verdict::answer);
}

TEST(ReplyGuard, AnswersAnAddressAThousandTimesASecond) {
    ReplyGuard guard({});
    const auto answered = [&](const char* address, ReplyGuard::Clock::time_point now) {
        int count = 0;
        for (int i = 0; i < 3000; ++i) {
            const auto port = static_cast<std::uint16_t>(2000 + i % 100);
            const auto verdict = guard.judge(from(address, port), local, std::to_string(i), now);
            count += verdict == Verdict::answer;
        }
        return count;
    };
    EXPECT_EQ(answered("192.0.2.1", start), 1000);
    EXPECT_EQ(answered("192.0.2.2", start), 1000) << "each has its own";
    EXPECT_EQ(answered("192.0.2.1", start + 500ms), 500);
    EXPECT_EQ(answered("127.0.0.1", start), 3000);
    EXPECT_EQ(answered("::1", start), 3000);
    EXPECT_EQ(answered("::ffff:127.0.0.1", start), 3000);
}

TEST(ReplyGuard, EndsALoop) {
    ReplyGuard guard({});
    const auto request = from("127.0.0.1", 5002);
    for (int i = 0; i < 100; ++i)
        ASSERT_EQ(guard.judge(request, local, "same", start + i * 1ms), Verdict::answer);
    EXPECT_EQ(guard.judge(request, local, "same", start + 100ms), Verdict::loop_begins);
    EXPECT_EQ(guard.judge(request, local, "same", start + 900ms), Verdict::loop);
    EXPECT_EQ(guard.judge(request, local, "other", start + 1800ms), Verdict::loop);
    EXPECT_EQ(guard.judge(from("127.0.0.1", 5003), local, "same", start), Verdict::answer);
    EXPECT_EQ(guard.judge(request, local, "same", start + 2900ms), Verdict::answer)
        << "it was silent for a second";
}

TEST(ReplyGuard, TakesNoStreamOfDifferentAnswersForALoop) {
    ReplyGuard guard({});
    const auto request = from("127.0.0.1", 5002);
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(guard.judge(request, local, std::to_string(i), start), Verdict::answer);
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(guard.judge(request, local, "slow", start + 2s + i * 11ms), Verdict::answer);
}

TEST(ReplyGuard, RemembersABoundedNumberOfPeers) {
    ReplyGuard::Limits limits;
    limits.peers = 10;
    ReplyGuard guard(limits);
    for (std::uint16_t port = 2000; port < 4000; ++port)
        ASSERT_EQ(guard.judge(from("127.0.0.1", port), local, "a", start), Verdict::answer);
}

}  // namespace
}  // namespace nettool::net
