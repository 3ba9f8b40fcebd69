#include "nettool/proxy/port_set.hpp"

#include <gtest/gtest.h>

namespace nettool::proxy {
namespace {

TEST(PortSet, HoldsPortsAndRanges) {
    const auto ports = parse_port_set("443,8443,1000-2000").ports;
    ASSERT_TRUE(ports);
    for (const auto port : {443, 8443, 1000, 1500, 2000})
        EXPECT_TRUE(ports->contains(static_cast<std::uint16_t>(port))) << port;
    for (const auto port : {0, 25, 442, 444, 999, 2001, 65535})
        EXPECT_FALSE(ports->contains(static_cast<std::uint16_t>(port))) << port;
    EXPECT_TRUE(parse_port_set("1,*").ports->contains(65535));
    EXPECT_TRUE(parse_port_set("65535").ports->contains(65535));
}

TEST(PortSet, IsWrittenAsItIsRead) {
    for (const auto* text : {"443", "443,8443", "1000-2000,*", "1-65535", "*"})
        EXPECT_EQ(to_string(*parse_port_set(text).ports), text);
    EXPECT_EQ(to_string(*parse_port_set("5-5").ports), "5");
}

TEST(PortSet, RefusesWhatIsNone) {
    for (const auto* text : {"", ",", "443,", ",443", "0", "65536", "-1", "1-", "2-1", "0-5",
                             "1-2-3", "443 ,80", "https", "+1", "1.5", "**", "*-5"}) {
        const auto parsed = parse_port_set(text);
        EXPECT_FALSE(parsed.ports) << text;
        EXPECT_FALSE(parsed.error.empty()) << text;
    }
    EXPECT_EQ(parse_port_set("443,70000").error,
              "\"70000\" is neither a port (1 to 65535) nor FIRST-LAST");
}

}  // namespace
}  // namespace nettool::proxy
