#include "nettool/base/digest.hpp"

#include "nettool/base/failure.hpp"

#include <gtest/gtest.h>

namespace nettool {
namespace {

TEST(Digest, IsThatOfTheStandards) {
    Digest md5("md5");  // RFC 1321 §A.5
    EXPECT_EQ(md5.finish(), "d41d8cd98f00b204e9800998ecf8427e");
    md5.update("message ");
    md5.update("digest");
    EXPECT_EQ(md5.finish(), "f96b697d7cb7938d525a2f31aaf161d0");
    EXPECT_EQ(md5.finish(), "d41d8cd98f00b204e9800998ecf8427e") << "it starts anew";
    Digest sha256("sha256");
    sha256.update("abc");
    EXPECT_EQ(sha256.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, RefusesWhatIsUnknown) { EXPECT_THROW(Digest("md55"), Failure); }

}  // namespace
}  // namespace nettool
