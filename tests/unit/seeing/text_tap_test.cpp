#include "nettool/seeing/text_tap.hpp"

#include <gtest/gtest.h>

namespace nettool::seeing {
namespace {

net::Flow flow() {
    net::Flow flow;
    flow.local.host = "127.0.0.1";
    flow.local.port = 1234;
    flow.peer.host = "127.0.0.1";
    flow.peer.port = 40000;
    return flow;
}

std::string traced(net::Event::Kind kind, std::string_view bytes, TextTap::Style style) {
    const auto who = flow();
    const WallTime time(std::chrono::microseconds(3'723'000'001));
    return trace_text({kind, time, who, net::bytes_of(bytes)}, style);
}

TEST(TextTap, ShowsAMessageWithTimeDirectionAndPeer) {
    EXPECT_EQ(traced(net::Event::Kind::received, "1|2|.\n", TextTap::Style::text),
              "01:02:03.000001 127.0.0.1:1234 <- 127.0.0.1:40000 6 bytes \"1|2|.\\n\"\n");
    EXPECT_EQ(traced(net::Event::Kind::sent, "3", TextTap::Style::text),
              "01:02:03.000001 127.0.0.1:1234 -> 127.0.0.1:40000 1 byte \"3\"\n");
}

TEST(TextTap, LetsNoMessageDriveTheTerminal) {
    const auto text = traced(net::Event::Kind::received, "\x1b[2J\xff", TextTap::Style::text);
    EXPECT_NE(text.find("\"\\x1b[2J\\xff\""), std::string::npos) << text;
}

TEST(TextTap, DumpsInHex) {
    EXPECT_EQ(traced(net::Event::Kind::sent, "0123456789abcdefg\n", TextTap::Style::hex),
              "01:02:03.000001 127.0.0.1:1234 -> 127.0.0.1:40000 18 bytes\n"
              "    00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  "
              "|0123456789abcdef|\n"
              "    00000010  67 0a                                             |g.|\n");
}

TEST(TextTap, CutsAVeryLongMessage) {
    const auto text = traced(net::Event::Kind::sent, std::string(5000, 'x'), TextTap::Style::text);
    EXPECT_NE(text.find("5000 bytes"), std::string::npos);
    EXPECT_NE(text.find("… 904 more bytes"), std::string::npos);
}

TEST(TextTap, TellsOfTheConnectionsLife) {
    EXPECT_EQ(traced(net::Event::Kind::accepted, "", TextTap::Style::text),
              "01:02:03.000001 127.0.0.1:1234 -- 127.0.0.1:40000 accepted\n");
    EXPECT_EQ(traced(net::Event::Kind::shut_down, "", TextTap::Style::text), "");
}

}  // namespace
}  // namespace nettool::seeing
