#include "nettool/proto/mail/inline_images.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

constexpr std::size_t plenty = 1000;

const std::string mail =
    "Content-Type: multipart/related; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n"
    "--b\r\nContent-Type: image/png\r\nContent-ID: <logo 1@x>\r\n\r\nPNG\r\n"
    "--b\r\nContent-Type: text/html\r\nContent-ID: <page@x>\r\n\r\n<p>\r\n"
    "--b--\r\n";

std::string shown(const std::string& html, std::size_t most = plenty) {
    return with_inline_images(read_message(mail), html, most);
}

TEST(InlineImages, StandInThePage) {
    EXPECT_EQ(shown("<img src=\"cid:logo%201@x\">"), "<img src=\"data:image/png;base64,UE5H\">");
    EXPECT_EQ(shown("<img src=CID:logo%201@x ><p>"), "<img src=data:image/png;base64,UE5H ><p>");
    EXPECT_EQ(shown("a:b 'cid:logo%201@x' url(cid:logo%201@x)"),
              "a:b 'data:image/png;base64,UE5H' url(data:image/png;base64,UE5H)");
}

TEST(InlineImages, LeaveEverythingElse) {
    for (const auto* html : {"", ":", "cid:", "\"cid:", "\"cid:\"", "\"cid:other@x\"",
                             "say cid:logo%201@x there", "\"cid:logo%201@x", "\"cid:page@x\"",
                             "\"acid:logo%201@x\"", "<img src='http://h/cid:logo%201@x'>"})
        EXPECT_EQ(shown(html), html);
}

TEST(InlineImages, AddNoMoreThanTheyMay) {
    const std::string one = "\"cid:logo%201@x\"";
    EXPECT_EQ(shown(one + one, 30), "\"data:image/png;base64,UE5H\"" + one);
    EXPECT_EQ(shown(one, 2), one);
}

}  // namespace
}  // namespace nettool::proto
