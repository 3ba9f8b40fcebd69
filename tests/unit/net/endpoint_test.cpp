#include "nettool/net/endpoint.hpp"

#include <gtest/gtest.h>

namespace nettool::net {
namespace {

struct Good {
    std::string_view text;
    std::string_view host;
    std::uint16_t port;
    bool is_unix;
};

constexpr Good good[] = {
    {"localhost:80", "localhost", 80, false}, {"127.0.0.1:0", "127.0.0.1", 0, false},
    {"[::1]:65535", "::1", 65535, false},     {"[fe80::1%eth0]:1", "fe80::1%eth0", 1, false},
    {"unix:/tmp/a:b", "/tmp/a:b", 0, true},
};

TEST(Endpoint, IsReadAsItIsWritten) {
    for (const auto& [text, host, port, is_unix] : good) {
        const auto parsed = parse_endpoint(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed->host, host);
        EXPECT_EQ(parsed->port, port);
        EXPECT_EQ(parsed->is_unix, is_unix);
        EXPECT_EQ(to_string(*parsed), text);
    }
}

TEST(Endpoint, RefusesEveryOtherForm) {
    for (const auto* text :
         {"",        ":",        "host",   "host:",   ":80",     "host:65536", "host:-1",
          "host:+1", "host:8 0", "::1:80", "[::1]",   "[::1]80", "[]:80",      "[host]:80",
          "[::1:80", "::1]:80",  "a b:80", "a\tb:80", "unix:",   "[[::1]]:80"})
        EXPECT_FALSE(parse_endpoint(text)) << text;
}

TEST(Endpoint, KnowsWhatIsOnThePublicInternet) {
    const auto is = [](const char* text) { return is_public(asio::ip::make_address(text)); };
    for (const auto* open :
         {"8.8.8.8", "172.32.0.1", "192.167.255.255", "100.128.0.1", "2001:4860:4860::8888",
          "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"})
        EXPECT_TRUE(is(open)) << open;
    for (const auto* closed : {"127.0.0.1",
                               "127.255.255.255",
                               "10.0.0.1",
                               "172.16.0.1",
                               "172.31.255.255",
                               "192.168.1.1",
                               "169.254.169.254",
                               "100.64.0.1",
                               "0.0.0.0",
                               "224.0.0.1",
                               "255.255.255.255",
                               "192.0.2.1",
                               "198.18.0.1",
                               "::",
                               "::1",
                               "::ffff:127.0.0.1",
                               "::ffff:169.254.169.254",
                               "fe80::1",
                               "fc00::1",
                               "fd12::1",
                               "ff02::1",
                               "2001:db8::1",
                               "64:ff9b::7f00:1",
                               "2002:7f00:1::",
                               "::127.0.0.1"})
        EXPECT_FALSE(is(closed)) << closed;
}

TEST(Endpoint, WritesAMappedAddressAsIPv4) {
    EXPECT_EQ(address_text(asio::ip::make_address("::ffff:192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(address_text(asio::ip::make_address("2001:db8::1")), "2001:db8::1");
}

}  // namespace
}  // namespace nettool::net
