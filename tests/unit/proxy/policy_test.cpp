#include "nettool/proxy/policy.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace nettool::proxy {
namespace {

using asio::ip::make_address;

std::vector<proto::HostRule> rules(std::initializer_list<const char*> texts) {
    std::vector<proto::HostRule> made;
    for (const auto* text : texts) made.push_back(*proto::parse_host_rule(text).rule);
    return made;
}

net::Endpoint endpoint(std::string host, std::uint16_t port = 8888) {
    return {std::move(host), port, false};
}

/// A policy of a proxy that listens there.
struct Listening : Policy {
    explicit Listening(std::string host, Options options = {}) : Policy(std::move(options)) {
        listens_on(endpoint(std::move(host)));
    }
};

// The word of RFC 9209, or nothing.
std::string_view word(const std::optional<Refused>& refused) {
    return refused ? refused->error : std::string_view();
}

std::string_view judged(const Policy& policy, const char* address, std::uint16_t port = 80) {
    return word(policy.judge_address(make_address(address), port, ""));
}

constexpr std::string_view fine, denied = "http_request_denied",
                                 prohibited = "destination_ip_prohibited",
                                 loop = "proxy_loop_detected";

TEST(Policy, ServesEverybodyUnlessSomeAreNamed) {
    const Policy all{{}};
    EXPECT_EQ(word(all.judge_client(endpoint("203.0.113.1", 1))), fine);
    Policy::Options options;
    options.allow_from = rules({"10.0.0.0/8", "2001:db8::/32", "fe80::/10"});
    const Policy some(options);
    for (const auto* host : {"10.1.2.3", "::ffff:10.1.2.3", "2001:db8::7", "fe80::1%lo",
                             "127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"})
        EXPECT_EQ(word(some.judge_client(endpoint(host, 1))), fine) << host;
    for (const auto* host : {"11.1.2.3", "192.168.1.1", "2001:db9::7", "fec0::1", "name.test", ""})
        EXPECT_EQ(word(some.judge_client(endpoint(host, 1))), denied) << host;
    net::Endpoint unnamed{"/run/proxy", 0, true};
    EXPECT_EQ(word(some.judge_client(unnamed)), fine);
    const auto refused = some.judge_client(endpoint("11.1.2.3", 1));
    EXPECT_EQ(refused->status, 403U);
    EXPECT_EQ(refused->why,
              "this proxy does not serve 11.1.2.3; --allow-from 11.1.2.3 would allow it");
}

TEST(Policy, IsOpenToOthersUntilSomebodyIsNamed) {
    for (const auto* host : {"127.0.0.1", "127.0.0.2", "::1"})
        EXPECT_FALSE(Listening(host).is_open()) << host;
    for (const auto* host : {"0.0.0.0", "::", "192.168.1.1", "fe80::1%1", "2001:db8::1"})
        EXPECT_TRUE(Listening(host).is_open()) << host;
    Policy::Options users;
    users.has_users = true;
    EXPECT_FALSE(Listening("::", users).is_open());
    Policy::Options some;
    some.allow_from = rules({"10.0.0.0/8"});
    EXPECT_FALSE(Listening("::", some).is_open());
    Policy on_a_file{{}};
    on_a_file.listens_on({"/run/proxy", 0, true});
    EXPECT_FALSE(on_a_file.is_open());
    on_a_file.listens_on(endpoint("127.0.0.1"));
    on_a_file.listens_on(endpoint("0.0.0.0"));  // one of several is enough
    EXPECT_TRUE(on_a_file.is_open());
}

TEST(Policy, AllowsTheHostsThatAreNamed) {
    Policy::Options options;
    options.allow = rules({"example.com", "h:81"});
    options.deny = rules({"bad.example.com", "10.9.0.0/16"});
    const Policy policy(options);
    for (const auto* host : {"example.com", "a.EXAMPLE.com."})
        EXPECT_EQ(word(policy.judge_host(host, 80, false)), fine) << host;
    for (const auto* host : {"bad.example.com", "a.bad.example.com", "example.org", "11.1.2.3",
                             "10.9.1.1", "[::ffff:10.9.1.1]", "0x0a090101", "h", ""})
        EXPECT_EQ(word(policy.judge_host(host, 80, false)), denied) << host;
    EXPECT_EQ(word(policy.judge_host("h", 81, false)), fine);
    EXPECT_EQ(policy.judge_host("a.bad.example.com", 80, false)->why,
              "a.bad.example.com is denied by --deny bad.example.com");
    EXPECT_EQ(policy.judge_host("example.org", 80, false)->why,
              "example.org is not among the allowed hosts; --allow example.org would allow it");
    EXPECT_EQ(policy.judge_host("a\x1b[m", 80, false)->why.find('\x1b'), std::string::npos);
}

TEST(Policy, TunnelsToSomePortsOnly) {
    const Policy policy{{}};
    EXPECT_EQ(word(policy.judge_host("h", 443, true)), fine);
    EXPECT_EQ(word(policy.judge_host("h", 25, false)), fine);
    const auto refused = policy.judge_host("h", 25, true);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 403U);
    EXPECT_EQ(refused->error, denied);
    EXPECT_EQ(refused->why,
              "CONNECT to port 25 is not allowed; --connect-ports 443,25 would allow it");
    Policy::Options options;
    options.connect_ports = *parse_port_set("1000-2000").ports;
    EXPECT_EQ(word(Policy(options).judge_host("h", 1500, true)), fine);
    EXPECT_EQ(word(Policy(options).judge_host("h", 443, true)), denied);
}

TEST(Policy, NeverLeadsToTheSecretsOfACloud) {
    Policy::Options options;
    options.allow_private = true;
    for (const auto* host : {"127.0.0.1", "0.0.0.0"})
        for (const auto* address :
             {"169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254",
              "2002:a9fe:a9fe::", "2002:a9fe:a9fe:1::5", "::169.254.169.254", "fd00:ec2::254",
              "fd00:ec2::254%1", "169.254.170.2", "::ffff:a9fe:aa02", "100.100.100.200",
              "64:ff9b::6464:64c8", "fd20:ce::254"})
            EXPECT_EQ(judged(Listening(host, options), address), prohibited) << address;
    EXPECT_EQ(
        Listening("127.0.0.1").judge_address(make_address("64:ff9b::a9fe:a9fe"), 80, "h")->why,
        "64:ff9b::a9fe:a9fe (169.254.169.254) is the metadata service of a cloud, which no "
        "proxy may reach");
}

TEST(Policy, KeepsOthersFromWhatOnlyThisMachineReaches) {
    Policy::Options lax;
    lax.allow_private = true;
    const auto here = Listening("127.0.0.1"), there = Listening("192.168.1.1"),
               trusting = Listening("192.168.1.1", lax);
    for (const auto* address :
         {"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.7", "169.254.1.1",
          "100.64.0.1", "::1", "fc00::1", "fe80::1", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3",
          "2002:a01:203::1", "::ffff:7f00:1", "198.18.0.1", "240.0.0.1"}) {
        EXPECT_EQ(judged(here, address), fine) << address;
        EXPECT_EQ(judged(there, address), prohibited) << address;
        EXPECT_EQ(judged(trusting, address), fine) << address;
    }
    for (const auto* address : {"93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"})
        EXPECT_EQ(judged(there, address), fine) << address;
    EXPECT_EQ(there.judge_address(make_address("10.1.2.3"), 80, "h")->why,
              "10.1.2.3 is not on the public Internet, and this proxy serves other machines; "
              "--allow-private would allow it");
}

TEST(Policy, LeadsToNoGroupAndToNobody) {
    for (const auto* address :
         {"0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0", "224.0.0.1", "239.255.255.250",
          "255.255.255.255", "ff02::1", "ff0e::1", "::ffff:224.0.0.1", "64:ff9b::ffff:ffff"})
        EXPECT_EQ(judged(Listening("127.0.0.1"), address), prohibited) << address;
}

TEST(Policy, DeniesTheNetworksThatNamesLeadTo) {
    Policy::Options options;
    options.deny = rules({"10.0.0.0/8", "fe80::/10", "name.test", "192.0.2.1:81"});
    const Listening policy("127.0.0.1", options);
    for (const auto* address : {"10.1.2.3", "::ffff:10.1.2.3", "2002:a01:203::", "fe80::1%1"})
        EXPECT_EQ(judged(policy, address), prohibited) << address;
    EXPECT_EQ(judged(policy, "11.1.2.3"), fine);
    EXPECT_EQ(judged(policy, "192.0.2.1", 81), prohibited);
    EXPECT_EQ(judged(policy, "192.0.2.1", 80), fine);
    EXPECT_EQ(policy.judge_address(make_address("10.1.2.3"), 80, "h")->why,
              "10.1.2.3 is denied by --deny 10.0.0.0/8");
}

struct LoopCase {
    const char* own;
    std::vector<const char*> aliases, others;
};

// Interfaces: 192.168.1.1, 203.0.113.9, fe80::9, 2001:db8::9.
const std::vector<LoopCase> loop_cases = {
    {"127.0.0.1",
     {"127.0.0.1", "127.8.8.8", "0.0.0.0", "::", "::ffff:127.0.0.1", "::ffff:0.0.0.0",
      "64:ff9b::127.0.0.1", "2002:7f00:1::"},
     {"::1", "192.168.1.1", "203.0.113.9"}},
    {"::1", {"::1", "::1%1", "::", "0.0.0.0"}, {"127.0.0.1", "fe80::9"}},
    {"0.0.0.0",
     {"127.0.0.1", "127.8.8.8", "0.0.0.0", "::", "192.168.1.1", "203.0.113.9",
      "::ffff:203.0.113.9"},
     {"::1", "2001:db8::9", "203.0.113.8"}},
    {"::",
     {"127.0.0.1", "127.8.8.8", "0.0.0.0", "::", "::1", "192.168.1.1", "fe80::9%2", "2001:db8::9"},
     {"203.0.113.8", "2001:db8::8"}},
    {"192.168.1.1", {"192.168.1.1", "::ffff:192.168.1.1"}, {"127.0.0.1", "203.0.113.9", "::1"}},
};

TEST(Policy, KnowsItselfByAnyName) {
    for (const auto& [own, aliases, others] : loop_cases) {
        Policy::Options options;
        options.allow_private = true;
        for (const auto* text : {"192.168.1.1", "203.0.113.9", "fe80::9%3", "2001:db8::9"})
            options.interfaces.push_back(make_address(text));
        const auto policy = Listening(own, options);
        for (const auto* alias : aliases) {
            EXPECT_EQ(judged(policy, alias, 8888), loop) << own << " " << alias;
            EXPECT_NE(judged(policy, alias, 8889), loop) << own << " " << alias;
        }
        for (const auto* other : others)
            EXPECT_EQ(judged(policy, other, 8888), fine) << own << " " << other;
    }
    const auto refused = Listening("127.0.0.1").judge_address(make_address("127.0.0.1"), 8888, "h");
    EXPECT_EQ(refused->status, 400U);
    EXPECT_EQ(refused->why, "127.0.0.1 port 8888 is this proxy itself");
}

TEST(Policy, KnowsItselfOnAllItsPorts) {
    Policy policy{{}};
    policy.listens_on(endpoint("127.0.0.1", 1000));
    policy.listens_on(endpoint("::1", 2000));
    EXPECT_EQ(judged(policy, "127.0.0.1", 1000), loop);
    EXPECT_EQ(judged(policy, "::1", 2000), loop);
    EXPECT_EQ(judged(policy, "127.0.0.1", 2000), fine);
}

TEST(Policy, AllowsNamesThatLeadToAnAllowedNetwork) {
    Policy::Options options;
    options.allow = rules({"10.0.0.0/8", "good.example"});
    const Policy policy(options);
    EXPECT_EQ(word(policy.judge_host("name.example", 80, false)), fine);
    EXPECT_EQ(word(policy.judge_address(make_address("10.1.2.3"), 80, "name.example")), fine);
    EXPECT_EQ(word(policy.judge_address(make_address("192.0.2.1"), 80, "name.example")), denied);
    EXPECT_EQ(word(policy.judge_address(make_address("192.0.2.1"), 80, "good.example")), fine);
    for (const auto* host : {"10.1.2.3", "[::ffff:10.1.2.3]", "0x0a010203"})
        EXPECT_EQ(word(policy.judge_host(host, 80, false)), fine) << host;
    EXPECT_EQ(word(policy.judge_host("192.0.2.1", 80, false)), denied);
}

}  // namespace
}  // namespace nettool::proxy
