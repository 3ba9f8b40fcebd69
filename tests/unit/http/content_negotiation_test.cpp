#include "nettool/http/content_negotiation.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::http {
namespace {

std::string wanted(std::string_view field) {
    std::string text;
    for (const auto coding : acceptable_codings(field)) text.append(coding).append(" ");
    return text;
}

TEST(AcceptableCodings, AreInTheOrderOfTheClientsWish) {
    EXPECT_EQ(wanted(""), "");
    EXPECT_EQ(wanted("gzip, deflate, br, zstd"), "zstd br gzip ");
    EXPECT_EQ(wanted("gzip;q=1, br;q=0.9"), "gzip br ");
    EXPECT_EQ(wanted("GZip ; Q=0.5 , BR;q=0.75"), "br gzip ");
    EXPECT_EQ(wanted("x-gzip"), "gzip ");
    EXPECT_EQ(wanted("*"), "zstd br gzip ");
    EXPECT_EQ(wanted("*;q=0.2, gzip"), "gzip zstd br ");
    EXPECT_EQ(wanted("br;q=0, *"), "zstd gzip ");
}

TEST(AcceptableCodings, AreNoneThatTheClientDoesNotWant) {
    EXPECT_EQ(wanted("deflate, identity"), "");
    EXPECT_EQ(wanted("gzip;q=0"), "");
    EXPECT_EQ(wanted("gzip;q=0.000, br;q=0.001"), "br ");
    EXPECT_EQ(wanted("identity, gzip;q=0.5"), "") << "the plain bytes are wanted more";
    EXPECT_EQ(wanted("identity;q=0.5, gzip"), "gzip ");
    for (const auto* bad :
         {"gzip;q=", "gzip;q=2", "gzip;q=1.5", "gzip;q=0.0001", "gzip;q=x", "gzip;q=0,5"})
        EXPECT_EQ(wanted(bad), "") << bad;
}

TEST(Accepts, ATypeThatIsNamed) {
    Fields fields;
    EXPECT_FALSE(accepts(fields, "application/json"));
    fields.add({"Accept", "text/html;q=1, Application/JSON ; q=0.9, */*"});
    EXPECT_TRUE(accepts(fields, "application/json"));
    EXPECT_TRUE(accepts(fields, "text/html"));
    EXPECT_FALSE(accepts(fields, "text/plain"));
}

}  // namespace
}  // namespace nettool::http
