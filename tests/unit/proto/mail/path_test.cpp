#include "nettool/proto/mail/path.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

// The address, `-` for none, and behind a bar what is left of the text.
std::string taken(std::string_view text) {
    const auto path = take_mail_path(text);
    return (path ? to_string(*path) : "-") + "|" + std::string(text);
}

TEST(MailPath, IsReadFromAnEnvelope) {
    EXPECT_EQ(taken("<a@b.example> SIZE=1"), "a@b.example| SIZE=1");
    EXPECT_EQ(taken("<a.b+c@d-e.f>"), "a.b+c@d-e.f|");
    EXPECT_EQ(taken("<>"), "|");
    EXPECT_EQ(taken("<PostMaster>"), "PostMaster|");
    EXPECT_EQ(taken("<\"a b>\\\"@\"@ex>x"), "\"a b>\\\"@\"@ex|x");
    EXPECT_EQ(taken("<b@[127.0.0.1]>"), "b@[127.0.0.1]|");
    EXPECT_EQ(taken("<b@[IPv6:::1]>"), "b@[IPv6:::1]|");
    EXPECT_EQ(taken("<@x,@y:b@z>"), "b@z|");
    EXPECT_EQ(taken("<gr\xc3\xbc\xc3\x9f@b\xc3\xbc.example>"), "grüß@bü.example|");
}

TEST(MailPath, IsNoPathOtherwise) {
    for (const std::string_view text :
         {"",         "a@b",     "<a@b",      "<a>",      "<@b>",     "<a@>",
          "<a..b@c>", "<.a@c>",  "<a.@c>",    "<a@b..c>", "<a@.c>",   "<a b@c>",
          "<a@b c>",  "<a@b@c>", "<a@[>",     "<a@[]>",   "<a@[x]y>", "<\"a@b>",
          "< >",      "<@x:>",   "<a@b\r\n>", "<a\xff@b>"}) {
        auto left = text;
        EXPECT_FALSE(take_mail_path(left)) << text;
        EXPECT_EQ(left, text);
    }
    EXPECT_EQ(taken("<" + std::string(65, 'a') + "@b>").front(), '-');
    EXPECT_EQ(taken("<a@" + std::string(256, 'b') + ">").front(), '-');
}

TEST(MailPath, KnowsWhetherItIsAscii) {
    EXPECT_TRUE(parse_typed_address("gr\xc3\xbc\xc3\x9f@b")->has_utf8());
    EXPECT_FALSE(parse_typed_address("a@b")->has_utf8());
}

TEST(MailPath, IsReadAsPeopleTypeIt) {
    EXPECT_EQ(to_string(*parse_typed_address(" a@b.c ")), "a@b.c");
    EXPECT_EQ(to_string(*parse_typed_address("Ada Lovelace <ada@b.c>")), "ada@b.c");
    EXPECT_EQ(to_string(*parse_typed_address("\"L, A\" <ada@b.c>")), "ada@b.c");
    for (const auto* text : {"", "a", "a@b>", "Ada <ada>", "a@b\r\nRCPT TO:<c@d>", "a@b,c@d"})
        EXPECT_FALSE(parse_typed_address(text)) << text;
}

}  // namespace
}  // namespace nettool::proto
