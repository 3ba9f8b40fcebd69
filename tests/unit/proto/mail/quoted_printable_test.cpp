#include "nettool/proto/mail/quoted_printable.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

TEST(QuotedPrintable, EncodesWhatIsNotPlain) {
    EXPECT_EQ(quoted_printable("Gr\xc3\xbc\xc3\x9f"
                               "e = 1\n"),
              "Gr=C3=BC=C3=9Fe =3D 1\r\n");
    EXPECT_EQ(quoted_printable("blank \ntab\t"), "blank=20\r\ntab=09");
    EXPECT_EQ(quoted_printable("a\rb"), "a=0Db");
    EXPECT_EQ(quoted_printable(""), "");
}

TEST(QuotedPrintable, KeepsLinesShort) {
    const std::string umlauts = [] {
        std::string text;
        for (int i = 0; i < 100; ++i) text += "\xc3\xbc";
        return text;
    }();
    for (const auto& text : {std::string(76, 'x'), std::string(77, 'x'), std::string(500, 'y'),
                             umlauts, std::string(75, 'x') + " "}) {
        const auto encoded = quoted_printable(text);
        std::string_view left(encoded);
        while (!left.empty()) {
            const auto line = left.substr(0, left.find("\r\n"));
            EXPECT_LE(line.size(), 76U) << text;
            left.remove_prefix(std::min(line.size() + 2, left.size()));
        }
        EXPECT_EQ(quoted_printable_decoded(encoded), text);
    }
    EXPECT_EQ(quoted_printable(std::string(76, 'x')), std::string(76, 'x')) << "it fits";
}

TEST(QuotedPrintable, ForgivesWhatIsWrong) {
    EXPECT_EQ(quoted_printable_decoded("a=3db=\r\nc=\nd= \t\r\ne"), "a=bcde");
    EXPECT_EQ(quoted_printable_decoded("100=%=zz=4"), "100=%=zz=4");
    EXPECT_EQ(quoted_printable_decoded("end="), "end");
}

}  // namespace
}  // namespace nettool::proto
