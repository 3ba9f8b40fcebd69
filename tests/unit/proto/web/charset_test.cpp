#include "nettool/proto/web/charset.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

TEST(Charset, IsSaidByTheMarkThenTheFieldThenThePage) {
    const std::string page = "<html><head><meta charset='koi8-r'></head>";
    EXPECT_EQ(charset_of_page("\xef\xbb\xbf" + page, "text/html; charset=gbk"), "utf-8");
    EXPECT_EQ(charset_of_page(page, "text/html; charset=\"GB2312\""), "gbk");
    EXPECT_EQ(charset_of_page(page, "text/html"), "koi8-r");
    EXPECT_EQ(charset_of_page("\xff\xfe<", ""), "utf-16le");
}

TEST(Charset, IsReadFromMetaElementsAsPeopleWriteThem) {
    const auto declared = [](const std::string& meta) { return charset_of_page(meta, ""); };
    EXPECT_EQ(declared("<META http-equiv=Content-Type content='text/html; charset=Latin1'>"),
              "windows-1252");
    EXPECT_EQ(declared("<meta charset = Shift_JIS>"), "shift_jis");
    EXPECT_EQ(declared("<!-- <meta charset=gbk> --><meta charset=big5>"), "big5");
    EXPECT_EQ(declared("<meta charset=utf-16>"), "utf-8");
    EXPECT_EQ(declared(std::string(1024, ' ') + "<meta charset=gbk>"), "utf-8");
    EXPECT_EQ(declared("<meta name=charset content=gbk>"), "utf-8");
}

TEST(Charset, IsGuessedWhereNothingIsSaid) {
    EXPECT_EQ(charset_of_page("gr\xc3\xbc\xc3\x9f", "text/html"), "utf-8");
    EXPECT_EQ(charset_of_page("gr\xfc\xdf", "text/html"), "windows-1252");
}

TEST(Charset, BecomesUtf8) {
    EXPECT_EQ(utf8_of("gr\xfc\xdf\x80", "windows-1252"), "grüß€");
    EXPECT_EQ(utf8_of("\x82\xa0", "shift_jis"), "あ");
    EXPECT_EQ(utf8_of(std::string("\xff\xfe\x61\0\xac\x20", 6), "utf-16le"), "a€");
    EXPECT_EQ(utf8_of("\xef\xbb\xbf"
                      "a\xff",
                      "utf-8"),
              "a\xef\xbf\xbd");
    EXPECT_EQ(utf8_of("a\xff", "no-such-set"), "a\xef\xbf\xbd");
    EXPECT_EQ(utf8_of("\x82", "shift_jis"), "\xef\xbf\xbd");
    EXPECT_EQ(utf8_of(std::string(100'000, '\xfc'), "windows-1252").size(), 200'000U);
}

TEST(Charset, EncodesQueriesAsBrowsersDo) {
    EXPECT_EQ(with_encoded_query("\xc3\xbc?q=\xc3\xbc&r=\xe2\x82\xac#\xc3\xbc", "windows-1252"),
              "\xc3\xbc?q=%FC&r=%80#\xc3\xbc");
    EXPECT_EQ(with_encoded_query("?\xe3\x81\x82", "shift_jis"), "?%82%A0");
    EXPECT_EQ(with_encoded_query("?\xe3\x81\x82", "windows-1252"), "?%26%2312354%3B");
    EXPECT_EQ(with_encoded_query("?\xc3\xbc", "utf-8"), "?\xc3\xbc");
    EXPECT_EQ(with_encoded_query("a#?\xc3\xbc", "windows-1252"), "a#?\xc3\xbc");
}

}  // namespace
}  // namespace nettool::proto
