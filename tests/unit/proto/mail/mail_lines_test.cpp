#include "nettool/proto/mail/mail_lines.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::proto {
namespace {

TEST(MailLines, AreTakenWithoutTheirEnds) {
    std::string_view text("a\r\n\nb\rc\r\r\nlast");
    std::string lines;
    while (!text.empty()) lines += std::string(take_line(text)) + "|";
    EXPECT_EQ(lines, "a||b\rc\r|last|");
    EXPECT_EQ(take_line(text), "");
}

}  // namespace
}  // namespace nettool::proto
