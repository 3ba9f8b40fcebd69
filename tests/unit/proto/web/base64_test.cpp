#include "nettool/proto/web/base64.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::proto {
namespace {

TEST(Base64, EncodesTheVectorsOfRfc4648) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foob"), "Zm9vYg==");
    EXPECT_EQ(base64("\xff\xef\xfe"), "/+/+");
}

TEST(Base64, DecodesWhatItEncodes) {
    for (const std::string text : {"", "f", "fo", "foo", "foob", "\xff\xef\xfe"})
        EXPECT_EQ(base64_decoded(base64(text)), text);
    for (const auto* bad :
         {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "====", "Zg==Zg==", "Zm 9v", "Zm9-"})
        EXPECT_FALSE(base64_decoded(bad)) << bad;
}

}  // namespace
}  // namespace nettool::proto
