#include "nettool/proto/web/host_rules.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

bool means(std::string_view rule, std::string_view host, std::uint16_t port = 80) {
    const auto parsed = parse_host_rule(rule);
    EXPECT_TRUE(parsed.rule) << rule << ": " << parsed.error;
    return parsed.rule && parsed.rule->matches(RuledHost(host), port);
}

TEST(HostRules, MeanAllHosts) {
    EXPECT_TRUE(means("*", "h"));
    EXPECT_TRUE(means("*", "::1"));
    EXPECT_TRUE(means("*:81", "h", 81));
    EXPECT_FALSE(means("*:81", "h"));
}

TEST(HostRules, MeanANameWithAllBelowIt) {
    for (const auto* rule : {"example.com", ".example.com", "*.example.com", "EXAMPLE.com."}) {
        EXPECT_TRUE(means(rule, "example.com")) << rule;
        EXPECT_TRUE(means(rule, "www.Example.COM.")) << rule;
        EXPECT_FALSE(means(rule, "badexample.com")) << rule;
        EXPECT_FALSE(means(rule, "example.com.evil.test")) << rule;
        EXPECT_FALSE(means(rule, "com")) << rule;
        EXPECT_FALSE(means(rule, "")) << rule;
    }
    EXPECT_TRUE(means("host1.3com", "a.host1.3com"));
    EXPECT_TRUE(means("a_b", "a_b"));
}

TEST(HostRules, KnowNamesInTheirDnsForm) {
    EXPECT_TRUE(means("bücher.example", "xn--bcher-kva.example"));
    EXPECT_TRUE(means("xn--bcher-kva.example", "BÜCHER.example"));
}

TEST(HostRules, MeanAPort) {
    EXPECT_TRUE(means("h:81", "h", 81));
    EXPECT_FALSE(means("h:81", "h"));
    EXPECT_TRUE(means("10.0.0.0/8:81", "10.1.2.3", 81));
    EXPECT_FALSE(means("10.0.0.0/8:81", "10.1.2.3"));
    EXPECT_TRUE(means("[fe80::]/10:81", "fe80::1", 81));
    EXPECT_FALSE(means("[fe80::]/10:81", "fe80::1"));
    EXPECT_TRUE(means("[::1]:81", "[::1]", 81));
    EXPECT_FALSE(means("[::1]:81", "::1"));
}

TEST(HostRules, MeanAddressesAndNetworks) {
    EXPECT_TRUE(means("10.1.2.3", "10.1.2.3"));
    EXPECT_FALSE(means("10.1.2.3", "10.1.2.4"));
    EXPECT_FALSE(means("10.1.2.3", "a.10.1.2.3.test"));
    EXPECT_TRUE(means("127.0.0.0/8", "127.1.2.3"));
    EXPECT_FALSE(means("127.0.0.0/8", "128.1.2.3"));
    EXPECT_TRUE(means("192.168.128.0/17", "192.168.200.1"));
    EXPECT_FALSE(means("192.168.128.0/17", "192.168.100.1"));
    EXPECT_TRUE(means("0.0.0.0/0", "203.0.113.1"));
    EXPECT_FALSE(means("0.0.0.0/0", "2001:db8::1"));
    EXPECT_TRUE(means("::/0", "2001:db8::1"));
    EXPECT_FALSE(means("::/0", "203.0.113.1"));
    EXPECT_TRUE(means("::1", "[::1]"));
    EXPECT_TRUE(means("[fe80::]/10", "fe80::1"));
    EXPECT_TRUE(means("fe80::/10", "[febf::1]"));
    EXPECT_FALSE(means("fe80::/10", "fec0::1"));
    EXPECT_TRUE(means("2001:db8::1/128", "2001:db8:0::1"));
    EXPECT_FALSE(means("10.0.0.0/8", "host"));
    EXPECT_FALSE(means("0.0.0.0/0", ""));
}

TEST(HostRules, KnowAnIPv4AddressInAnySpelling) {
    for (const auto* host : {"127.0.0.1", "::ffff:127.0.0.1", "[::FFFF:7f00:1]", "0x7f.1",
                             "0177.0.0.1", "2130706433", "127.1", "127.0.0.1."}) {
        EXPECT_TRUE(means("127.0.0.0/8", host)) << host;
        EXPECT_TRUE(means("::ffff:127.0.0.0/104", host)) << host;
        EXPECT_TRUE(means("::ffff:127.0.0.1", host)) << host;
        EXPECT_FALSE(means("::/0", host)) << host;
        EXPECT_FALSE(means("1", host)) << host;
    }
}

TEST(HostRules, TakeAddressesAsBytes) {
    const unsigned char v4[] = {10, 0, 0, 1};
    const unsigned char mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1};
    const unsigned char v6[] = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    const auto net = parse_host_rule("10.0.0.0/8"), local = parse_host_rule("fe80::/10");
    EXPECT_TRUE(net.rule->matches(RuledHost(v4), 1));
    EXPECT_TRUE(net.rule->matches(RuledHost(mapped), 1));
    EXPECT_FALSE(net.rule->matches(RuledHost(v6), 1));
    EXPECT_TRUE(local.rule->matches(RuledHost(v6), 1));
    EXPECT_FALSE(RuledHost(std::span(v6).first(7)).is_address());
}

TEST(HostRules, RefuseWhatIsNone) {
    for (const auto* text :
         {"",          "300.1.1.1/8", "300.1.1.1",   "1.2.3.4.5", "a b",    "10.0.0.0/33",
          "10.0.0.0/", "10.0.0.0/x",  "10.0.0.0/-1", "10.1/16",   "::/129", "::ffff:1.2.3.4/95",
          "fe80::/",   "h:",          "h:0",         "h:65536",   "h:x",    "h:80:81",
          "[::1",      "::1]",        "[h]",         "[]",        ".",      "..",
          "*.",        "a..b",        "*a",          "a*b",       "**",     "*.*",
          "*.1.2.3.4", "h/8",         "http://h",    "a/b",       "a\tb",   "-:",
          "u@h"}) {
        const auto parsed = parse_host_rule(text);
        EXPECT_FALSE(parsed.rule) << text;
        EXPECT_FALSE(parsed.error.empty()) << text;
    }
    EXPECT_FALSE(parse_host_rule(std::string_view("1.2.3.4\0", 8)).rule);
    EXPECT_EQ(parse_host_rule("300.1.1.1/8").error,
              "\"300.1.1.1/8\" is neither a name nor an address nor a network");
    EXPECT_EQ(parse_host_rule("10.0.0.0/33").error,
              "\"33\" is no length of such a network (0 to 32)");
    EXPECT_EQ(parse_host_rule("h:65536").error, "\"65536\" is no port (1 to 65535)");
}

TEST(HostRules, TellWhichOneMatches) {
    std::vector<HostRule> rules;
    for (const auto* text : {"a.test", "10.0.0.0/8", "b.test:81"})
        rules.push_back(*parse_host_rule(text).rule);
    EXPECT_EQ(matching_rule(rules, RuledHost("10.0.0.1"), 80)->text(), "10.0.0.0/8");
    EXPECT_TRUE(matching_rule(rules, RuledHost("10.0.0.1"), 80)->is_network());
    EXPECT_EQ(matching_rule(rules, RuledHost("B.test"), 81)->text(), "b.test:81");
    EXPECT_EQ(matching_rule(rules, RuledHost("b.test"), 80), nullptr);
}

}  // namespace
}  // namespace nettool::proto
