#include "nettool/proto/mail/inline_images.hpp"

#include <gtest/gtest.h>

#include <chrono>

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

TEST(InlineImages, AreLinearWork) {
    constexpr std::size_t size = 1 << 20;
    constexpr int often = 20'000;
    const auto picture =
        "Content-Type: image/png\r\nContent-ID: <a>\r\n\r\n" + std::string(size, 'x');
    std::string wanted, nested;
    for (int i = 0; i < often; ++i) wanted += "'cid:a' ";
    for (std::size_t i = 0; i < size; ++i) nested += "=cid:";
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(with_inline_images(read_message(picture), wanted, size + size / 10), wanted);
    EXPECT_EQ(with_inline_images(read_message(picture), nested, size), nested);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace nettool::proto
