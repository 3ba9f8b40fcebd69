#include "nettool/proto/classroom/file_request.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

TEST(FileRequest, IsToldByItsFirstBytes) {
    using enum FileDialect;
    EXPECT_EQ(judge_file_request("GET /a HTTP/1.1\r\n"), http);
    EXPECT_EQ(judge_file_request("BREW /a HTTP/1.1"), http);
    EXPECT_EQ(judge_file_request("GET /a"), half_http);
    EXPECT_EQ(judge_file_request("GET"), open) << "may be a file's name";
    EXPECT_EQ(judge_file_request("notes.txt"), open);
    EXPECT_EQ(judge_file_request("notes.txt\n"), name);
    EXPECT_EQ(judge_file_request("GET /a\n"), name) << "HTTP/0.9 is not spoken";
    EXPECT_EQ(judge_file_request(""), open);
}

TEST(FileRequest, NamesNothingOutside) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(split_file_name("a/b c"), Names({"a", "b c"}));
    EXPECT_EQ(split_file_name("/./a//b"), Names({"a", "b"}));
    EXPECT_EQ(split_file_name("..a"), Names({"..a"}));
    for (const auto* wrong : {"", "/", ".", "../a", "a/../../b", ".."})
        EXPECT_FALSE(split_file_name(wrong)) << wrong;
}

}  // namespace
}  // namespace nettool::proto
