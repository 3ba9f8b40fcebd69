#include "nettool/proto/mail/quiet_html.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

TEST(QuietHtml, HasNothingThatConnectsAhead) {
    EXPECT_EQ(quiet_html("<link rel=preconnect href=//h>"), "<meta rel=preconnect href=//h>");
    EXPECT_EQ(quiet_html("<p><LINK/rel=dns-prefetch><lInK\n>"),
              "<p><meta/rel=dns-prefetch><meta\n>");
    EXPECT_EQ(quiet_html("<<link><!--><link>"), "<<meta><!--><meta>");
    EXPECT_EQ(quiet_html("<IFrame srcdoc='&lt;link>'></iframe>"),
              "<source srcdoc='&lt;link>'></iframe>");
}

TEST(QuietHtml, LeavesEverythingElse) {
    for (const auto* html : {"", "<", "<lin", "<ifram", "link iframe", "</link>", "< link>",
                             "&lt;link", "<a href=link>link</a>"})
        EXPECT_EQ(quiet_html(html), html);
}

}  // namespace
}  // namespace nettool::proto
