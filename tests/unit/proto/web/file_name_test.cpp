#include "nettool/proto/web/file_name.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

TEST(FileName, IsTheLastSegmentDecoded) {
    EXPECT_EQ(file_name_of_path("/a/b%20c.txt"), "b c.txt");
    EXPECT_EQ(file_name_of_path("/a/"), "index.html");
    EXPECT_EQ(file_name_of_path("/%C3%A4.txt"), "\xc3\xa4.txt");
}

TEST(FileName, LeadsNowhereElse) {
    EXPECT_EQ(file_name_of_path("/..%2F..%2Fetc%2Fpasswd"), "_._.._etc_passwd");
    EXPECT_EQ(safe_file_name(".."), "_.");
    EXPECT_EQ(safe_file_name(".bashrc"), "_bashrc");
    EXPECT_EQ(safe_file_name("a\\b"), "a_b");
    EXPECT_EQ(safe_file_name(std::string_view("a\0b", 3)), "a_b");
}

TEST(FileName, DrivesNoTerminal) {
    EXPECT_EQ(safe_file_name("a\x1b[2Jb"), "a_[2Jb");
    EXPECT_EQ(safe_file_name("a\nb\xff"), "a_b_");
    EXPECT_EQ(safe_file_name("a\xe2\x80\xae.txt"), "a_.txt") << "right-to-left override";
}

TEST(FileName, IsShortAndKeepsItsExtension) {
    const auto name = safe_file_name(std::string(300, 'a') + ".tar");
    EXPECT_EQ(name.size(), 200u);
    EXPECT_TRUE(name.ends_with("a.tar"));
    std::string umlauts;
    for (int i = 0; i < 150; ++i) umlauts += "\xc3\xa4";
    EXPECT_EQ(safe_file_name("x" + umlauts).size(), 199u) << "no half of a character";
    EXPECT_EQ(safe_file_name("a." + std::string(300, 'b')).size(), 200u);
}

TEST(FileName, IsNumberedBeforeItsExtension) {
    EXPECT_EQ(numbered_file_name("a.b.png", 2), "a.b-2.png");
    EXPECT_EQ(numbered_file_name("plain", 3), "plain-3");
    EXPECT_EQ(numbered_file_name(".hidden", 2), ".hidden-2");
}

}  // namespace
}  // namespace nettool::proto
