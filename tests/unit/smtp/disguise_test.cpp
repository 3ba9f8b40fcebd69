#include "nettool/smtp/disguise.hpp"

#include <gtest/gtest.h>

namespace nettool::smtp {
namespace {

using net::Direction;

TEST(Disguise, HidesSecretsAtBothEnds) {
    const auto client = without_secrets(net::Side::client);
    const auto server = without_secrets(net::Side::server);
    EXPECT_EQ(client(Direction::out, "AUTH LOGIN\r\n"), "AUTH LOGIN\r\n");
    EXPECT_EQ(server(Direction::in, "AUTH LOGIN\r\n"), "AUTH LOGIN\r\n");
    EXPECT_EQ(client(Direction::in, "334 VXNlcm5hbWU6\r\n"), "334 VXNlcm5hbWU6\r\n");
    EXPECT_EQ(server(Direction::out, "334 VXNlcm5hbWU6\r\n"), "334 VXNlcm5hbWU6\r\n");
    EXPECT_EQ(client(Direction::out, "dGlt\r\n"), "<redacted 4 bytes>\r\n");
    EXPECT_EQ(server(Direction::in, "dGlt\r\n"), "<redacted 4 bytes>\r\n");
}

}  // namespace
}  // namespace nettool::smtp
