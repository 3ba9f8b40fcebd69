#include "nettool/proto/web/receipt.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace nettool::proto {
namespace {

const std::vector<Receipt> receipts = {{"a\n<b>.txt", 12, std::string(2, '\xab'), {}},
                                       {"c", 0, {}, "there is one"}};

TEST(Receipt, SaysOfEachFileWhatBecameOfIt) {
    EXPECT_EQ(receipt_text(receipts),
              "saved a\\x0a<b>.txt: 12 bytes, sha256 abab\nnot saved c: there is one\n");
    EXPECT_EQ(receipt_json(receipts),
              R"([{"name":"a\n<b>.txt","saved":true,"size":12,"sha256":"abab"},)"
              R"({"name":"c","saved":false,"problem":"there is one"}])"
              "\n");
    const auto page = receipt_page(receipts, "./");
    EXPECT_NE(page.find("&lt;b&gt;.txt</td><td>saved</td><td>12 bytes</td><td><code>abab</code>"),
              page.npos);
    EXPECT_NE(page.find("not saved: there is one"), page.npos);
    EXPECT_NE(page.find("<a href=\"./\">"), page.npos);
}

}  // namespace
}  // namespace nettool::proto
