#include "nettool/proto/web/http_terms.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

TEST(HttpTerms, SayWhatWordsMeanAndWhereThatStands) {
    EXPECT_EQ(method_term("GET")->source, "RFC 9110 §9.3.1");
    EXPECT_EQ(status_term(404)->source, "RFC 9110 §15.5.5");
    EXPECT_EQ(field_term("ETAG")->source, "RFC 9110 §8.8.3");
}

TEST(HttpTerms, KnowTheClassOfAnUnknownStatus) {
    EXPECT_EQ(status_term(299)->meaning, "it worked");
    EXPECT_EQ(status_term(599)->source, "RFC 9110 §15.6");
    EXPECT_FALSE(status_term(0));
}

TEST(HttpTerms, KnowNothingOfTheRest) {
    EXPECT_FALSE(method_term("get"));
    EXPECT_FALSE(field_term("X-Nobody"));
}

}  // namespace
}  // namespace nettool::proto
