#include "nettool/cli/wire_filter.hpp"

#include <gtest/gtest.h>

namespace nettool::cli {
namespace {

WireFilter filter(const char* host, std::uint16_t port, Traffic traffic) {
    return wire_filter({host, port, false}, traffic);
}

TEST(WireFilter, NamesPortAndAddressInTheFamilyInUse) {
    const auto v4 = filter("127.0.0.1", 5001, Traffic::stream);
    EXPECT_EQ(v4.display, "tcp.port == 5001 && ip.addr == 127.0.0.1");
    EXPECT_EQ(v4.capture, "tcp port 5001 and host 127.0.0.1");
    EXPECT_EQ(v4.interface, "lo");
    EXPECT_EQ(v4.warning, "");
    const auto v6 = filter("::1", 5001, Traffic::datagrams);
    EXPECT_EQ(v6.display, "udp.port == 5001 && ipv6.addr == ::1");
    EXPECT_EQ(v6.warning, "Wireshark takes udp port 5001 for CPFI");
    EXPECT_EQ(filter("192.0.2.7", 80, Traffic::stream).interface, "any");
    EXPECT_EQ(filter("0.0.0.0", 80, Traffic::stream).display, "tcp.port == 80");
}

}  // namespace
}  // namespace nettool::cli
