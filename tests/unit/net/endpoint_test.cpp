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

TEST(Endpoint, WritesAMappedAddressAsIPv4) {
    EXPECT_EQ(address_text(asio::ip::make_address("::ffff:192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(address_text(asio::ip::make_address("2001:db8::1")), "2001:db8::1");
}

}  // namespace
}  // namespace nettool::net
