#include "nettool/proto/web/media_type.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

TEST(MediaType, GoesByTheLastExtension) {
    EXPECT_EQ(media_type_of("index.html"), "text/html");
    EXPECT_EQ(media_type_of("INDEX.HTM"), "text/html");
    EXPECT_EQ(media_type_of("a.b.css"), "text/css");
    EXPECT_EQ(media_type_of("a.tar.gz"), "application/gzip");
    EXPECT_EQ(media_type_of("README.md"), "text/markdown");
    EXPECT_EQ(media_type_of("a.mjs"), "text/javascript");
    EXPECT_EQ(media_type_of("a.json"), "application/json");
    EXPECT_EQ(media_type_of("a.svg"), "image/svg+xml");
    EXPECT_EQ(media_type_of("a.wasm"), "application/wasm");
    EXPECT_EQ(media_type_of("a.woff2"), "font/woff2");
    EXPECT_EQ(media_type_of("a.webp"), "image/webp");
    EXPECT_EQ(media_type_of("server.log"), "text/plain");
}

TEST(MediaType, IsBytesWhereNothingIsKnown) {
    for (const auto* name : {"", "html", ".html", "a.", "a.no-such-extension", "a.html/"})
        EXPECT_EQ(media_type_of(name), "application/octet-stream") << name;
}

TEST(MediaType, IsTextWhereACharsetBelongsBehindIt) {
    EXPECT_TRUE(is_text("text/html"));
    EXPECT_TRUE(is_text("application/json"));
    EXPECT_TRUE(is_text("image/svg+xml"));
    EXPECT_FALSE(is_text("image/png"));
}

TEST(MediaType, KnowsWhatBecomesShorterAndWhatRuns) {
    for (const auto* type : {"text/plain", "text/html; charset=utf-8", "application/json",
                             "image/svg+xml", "application/wasm", "application/ld+json"})
        EXPECT_TRUE(is_compressible(type)) << type;
    for (const auto* type : {"image/png", "application/zip", "video/mp4", "font/woff2", ""})
        EXPECT_FALSE(is_compressible(type)) << type;
    for (const auto* type : {"text/html; charset=utf-8", "image/svg+xml", "application/xhtml+xml"})
        EXPECT_TRUE(is_active(type)) << type;
    for (const auto* type : {"text/plain", "application/pdf", "image/png"})
        EXPECT_FALSE(is_active(type)) << type;
}

}  // namespace
}  // namespace nettool::proto
