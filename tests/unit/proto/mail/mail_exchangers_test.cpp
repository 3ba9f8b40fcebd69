#include "nettool/proto/mail/mail_exchangers.hpp"

#include "support/dns_answer.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using Status = ExchangerAnswer::Status;
using test::dns_answer;

ExchangerAnswer answered(std::vector<MailExchanger> exchangers) {
    ExchangerAnswer answer;
    answer.status = Status::answered;
    answer.exchangers = std::move(exchangers);
    return answer;
}

ExchangerPlan plan(const ExchangerAnswer& answer, std::size_t dice = 0) {
    return plan_exchangers("example.org", answer,
                           [dice](std::size_t n) { return std::min(dice, n - 1); });
}

TEST(MailExchangers, AreReadFromAnAnswer) {
    const auto answer =
        parse_exchanger_answer(dns_answer("example.org", {{10, "a.example.org"}, {5, "b.net"}}));
    EXPECT_EQ(answer.status, Status::answered);
    EXPECT_EQ(answer.exchangers, (std::vector<MailExchanger>{{10, "a.example.org"}, {5, "b.net"}}));
    EXPECT_EQ(parse_exchanger_answer(dns_answer("example.org", {})).status, Status::answered);
    EXPECT_EQ(parse_exchanger_answer(dns_answer("example.org", {}, 3)).status, Status::no_domain);
    EXPECT_EQ(parse_exchanger_answer(dns_answer("example.org", {}, 2)).status, Status::trouble);
    EXPECT_EQ(parse_exchanger_answer("").status, Status::trouble);
}

TEST(MailExchangers, MayBeCutAnywhere) {
    const auto whole = dns_answer("example.org", {{10, "a.example.org"}});
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(parse_exchanger_answer(whole.substr(0, size)).status, Status::trouble) << size;
    auto loop = whole;
    loop[12] = '\xc0';  // the question's name is that of the question
    loop[13] = '\x0c';
    EXPECT_EQ(parse_exchanger_answer(loop).status, Status::trouble);
}

// C22
TEST(MailExchangers, AreTriedInTheirOrder) {
    const auto answer = answered({{20, "c"}, {10, "a"}, {10, "b"}, {20, "c"}});
    EXPECT_EQ(plan(answer, 0).hosts.size(), 3U) << "each once";
    EXPECT_EQ(plan(answer).hosts.back(), "c");
    EXPECT_NE(plan(answered({{10, "a"}, {10, "b"}}), 0).hosts,
              plan(answered({{10, "a"}, {10, "b"}}), 9).hosts)
        << "those that are as good as each other are shuffled";
}

TEST(MailExchangers, MayBeTheDomainItself) {
    EXPECT_EQ(plan(answered({})).hosts, std::vector<std::string>({"example.org"}));
}

TEST(MailExchangers, MayBeNone) {
    const auto null = plan(answered({{0, ""}}));
    EXPECT_TRUE(null.hosts.empty());
    EXPECT_FALSE(null.temporary);
    EXPECT_NE(null.refusal.find("RFC 7505"), null.refusal.npos);
    EXPECT_EQ(plan(answered({{0, ""}, {10, "a"}})).hosts, std::vector<std::string>({"a"}));
    ExchangerAnswer unknown;
    unknown.status = Status::no_domain;
    EXPECT_TRUE(plan(unknown).hosts.empty());
    EXPECT_FALSE(plan(unknown).temporary);
    EXPECT_TRUE(plan(ExchangerAnswer()).temporary);
}

}  // namespace
}  // namespace nettool::proto
