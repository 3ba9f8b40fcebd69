#include "nettool/proto/web/image_type.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::proto {
namespace {

using namespace std::string_literals;

std::string extension_of(const std::string& head) {
    const auto type = image_type_of(head);
    return type ? std::string(type->extension) : "";
}

TEST(ImageType, IsKnownByTheBytes) {
    EXPECT_EQ(extension_of("\x89PNG\r\n\x1a\n"), ".png");
    EXPECT_EQ(extension_of("\xff\xd8\xff\xe0"), ".jpg");
    EXPECT_EQ(extension_of("GIF89a"), ".gif");
    EXPECT_EQ(extension_of("RIFF....WEBPVP8 "), ".webp");
    EXPECT_EQ(extension_of("\0\0\0\x1c"
                           "ftypavif\0\0\0\0"s),
              ".avif");
    EXPECT_EQ(extension_of("\0\0\0\x1c"
                           "ftypmif1\0\0\0\0mif1heic"s),
              ".heic");
    EXPECT_EQ(extension_of("\0\0\0\x1c"
                           "ftypisom\0\0\0\0"s),
              "");
    EXPECT_EQ(extension_of("\0\0\x01\0\x01\0"s), ".ico");
    EXPECT_EQ(extension_of("<?xml version='1.0'?>\n<!-- a --><!DOCTYPE svg>\n<svg width=1>"),
              ".svg");
    EXPECT_EQ(extension_of("<svgfoo>"), "");
    EXPECT_EQ(extension_of("<!doctype html><html><svg></svg>"), "");
    for (const auto* head : {"", "a", "RIFF", "\0\0\0\x1c"}) EXPECT_EQ(extension_of(head), "");
}

TEST(ImageType, IsNamed) {
    EXPECT_EQ(image_type_named("IMAGE/JPG")->extension, ".jpg");
    EXPECT_EQ(image_type_named("image/x-icon")->extension, ".ico");
    EXPECT_FALSE(image_type_named("text/html"));
}

TEST(ImageType, HasExtensions) {
    const auto jpeg = *image_type_named("image/jpeg");
    EXPECT_TRUE(is_extension_of(".JPEG", jpeg));
    EXPECT_FALSE(is_extension_of(".png", jpeg));
    EXPECT_TRUE(is_image_extension(".tif"));
    EXPECT_FALSE(is_image_extension(".php"));
}

TEST(ImageType, TellsTextFromBytes) {
    EXPECT_TRUE(is_textual("<html>\r\n\tnot found</html>"));
    EXPECT_FALSE(is_textual("abc\0"s));
}

}  // namespace
}  // namespace nettool::proto
