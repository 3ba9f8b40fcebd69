#include "nettool/proto/web/content_encoder.hpp"

#include "nettool/proto/web/content_decoder.hpp"

#include <gtest/gtest.h>

#include <random>

namespace nettool::proto {
namespace {

std::string encoded(std::string_view coding, std::string_view text, std::size_t size) {
    std::string coded;
    const auto encoder = ContentEncoder::make(coding);
    const ContentEncoder::Sink sink = [&](std::string_view piece) { coded += piece; };
    for (std::size_t at = 0; at < text.size(); at += size)
        encoder->encode(text.substr(at, size), sink);
    encoder->finish(sink);
    return coded;
}

std::string decoded(std::string_view coding, std::string_view coded) {
    std::string text;
    const auto decoder = ContentDecoder::make(coding);
    EXPECT_EQ(decoder->decode(coded, [&](std::string_view piece) { text += piece; }),
              ContentDecoder::Status::finished);
    EXPECT_TRUE(decoder->whole());
    return text;
}

TEST(ContentEncoder, IsUndoneByTheDecoder) {
    std::mt19937 random(1);
    std::string noise(300'000, '\0'), words;
    for (char& c : noise) c = static_cast<char>(random());
    for (int i = 0; i < 20'000; ++i) words += "word " + std::to_string(i % 100);
    for (const auto* coding : {"gzip", "br", "zstd"})
        for (const auto& text : {std::string("x"), noise, words})
            for (const std::size_t size : {1000UL, text.size()})
                ASSERT_TRUE(decoded(coding, encoded(coding, text, size)) == text) << coding;
}

TEST(ContentEncoder, MakesWordsShorter) {
    std::string words;
    for (int i = 0; i < 2'000; ++i) words += "the same words again and again\n";
    for (const auto* coding : {"gzip", "br", "zstd"})
        EXPECT_LT(encoded(coding, words, words.size()).size(), words.size() / 50) << coding;
}

TEST(ContentEncoder, KnowsThreeCodings) {
    for (const auto* coding : {"", "identity", "deflate", "GZIP"})
        EXPECT_FALSE(ContentEncoder::make(coding)) << coding;
}

}  // namespace
}  // namespace nettool::proto
