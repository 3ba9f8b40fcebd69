#include "nettool/proto/web/content_disposition.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

std::string name_in(std::string_view field) { return disposition_file_name(field).value_or("-"); }

TEST(ContentDisposition, NamesAFile) {
    EXPECT_EQ(name_in("attachment; filename=a.txt"), "a.txt");
    EXPECT_EQ(name_in("inline;FileName = \"a b;c.txt\" ; size=3"), "a b;c.txt");
    EXPECT_EQ(name_in("attachment; filename=\"a\\\"b\\\\c\""), "a\"b\\c");
    EXPECT_EQ(name_in("attachment; filename=\"unfinished"), "unfinished");
    EXPECT_EQ(name_in("attachment; filename=\"../../etc/passwd\""), "../../etc/passwd");
}

TEST(ContentDisposition, PrefersTheExtendedName) {
    EXPECT_EQ(name_in("attachment; filename=plain.txt; filename*=UTF-8''%e2%82%ac%20rates.txt"),
              "€ rates.txt");
    EXPECT_EQ(name_in("attachment; filename*=iso-8859-1'en'%A3.txt; filename=x"), "£.txt");
    EXPECT_EQ(name_in("attachment; filename*=utf-8'%zz; filename=x"), "x");
    EXPECT_EQ(name_in("attachment; filename*=koi8-r''a; filename=x"), "x");
}

TEST(ContentDisposition, ReadsNamesOfOldServers) {
    EXPECT_EQ(name_in("attachment; filename=\"gr\xfc\xdf.txt\""), "grüß.txt");
    EXPECT_EQ(name_in("attachment; filename=\"gr\xc3\xbc.txt\""), "grü.txt");
}

TEST(ContentDisposition, MayNameNothing) {
    for (const auto* field : {"", "attachment", "attachment;", "attachment; filename",
                              "attachment; filename=", "attachment; filename=\"\"", ";;;=;"})
        EXPECT_EQ(name_in(field), "-") << field;
}

}  // namespace
}  // namespace nettool::proto
