#include "nettool/proto/web/base64.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace nettool::proto
