#include "nettool/proto/web/content_decoder.hpp"

#include <gtest/gtest.h>

#include <string>

#include <zlib.h>

namespace nettool::proto {
namespace {

using Status = ContentDecoder::Status;

std::string bytes(std::string_view hex) {
    std::string text;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        text += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return text;
}

// By Python's gzip and zlib, and the programs brotli and zstd.
constexpr std::string_view text = "hello hello hello\n";
const std::string gzip = bytes("1f8b0800000000000203cb48cdc9c957c840905c003b7c8adf12000000");
const std::string zlib = bytes("78dacb48cdc9c957c840905c0040b50687");
const std::string raw_deflate = bytes("cb48cdc9c957c840905c00");
const std::string brotli = bytes("8f088068656c6c6f2068656c6c6f2068656c6c6f0a03");
const std::string zstd = bytes("28b52ffd00586d00003868656c6c6f200a0100314a11");

struct Decoded {
    std::string text;
    Status status = Status::more;
    bool whole = false;
};

Decoded decode(std::string_view coding, std::string_view coded, std::size_t step = 1'000'000) {
    Decoded decoded;
    const auto decoder = ContentDecoder::make(coding);
    if (!decoder) return decoded;
    while (!coded.empty()) {
        decoded.status = decoder->decode(coded.substr(0, step), [&](std::string_view piece) {
            EXPECT_LE(piece.size(), 65'536u);
            decoded.text += piece;
        });
        coded.remove_prefix(std::min(step, coded.size()));
    }
    decoded.whole = decoder->whole();
    return decoded;
}

TEST(ContentDecoder, KnowsTheCodingsHoweverTheyAreCut) {
    for (const std::size_t step : {1UL, 3UL, 1000UL}) {
        EXPECT_EQ(decode("gzip", gzip, step).text, text);
        EXPECT_EQ(decode("x-gzip", gzip, step).text, text);
        EXPECT_EQ(decode("GZIP", gzip, step).text, text);
        EXPECT_EQ(decode("deflate", zlib, step).text, text);
        EXPECT_EQ(decode("deflate", raw_deflate, step).text, text) << "as some servers send it";
        EXPECT_EQ(decode("br", brotli, step).text, text);
        EXPECT_EQ(decode("zstd", zstd, step).text, text);
        EXPECT_EQ(decode("identity", text, step).text, text);
        EXPECT_TRUE(decode("br", brotli, step).whole);
    }
    EXPECT_EQ(decode("gzip", gzip + gzip).text, std::string(text) + std::string(text));
    EXPECT_FALSE(ContentDecoder::make("compress"));
    EXPECT_FALSE(ContentDecoder::make("gzip, br"));
}

TEST(ContentDecoder, SeesWhatIsNotWhole) {
    for (const auto& [coding, coded] : {std::pair("gzip", gzip), std::pair("deflate", zlib),
                                        std::pair("br", brotli), std::pair("zstd", zstd)}) {
        EXPECT_TRUE(decode(coding, coded).whole) << coding;
        EXPECT_FALSE(decode(coding, coded.substr(0, coded.size() - 1)).whole) << coding;
        EXPECT_TRUE(decode(coding, "").whole) << "no body has no coding";
    }
}

TEST(ContentDecoder, RefusesWhatDoesNotDecode) {
    EXPECT_EQ(decode("gzip", "this is not gzip").status, Status::malformed);
    EXPECT_EQ(decode("gzip", gzip + "rubbish behind it").status, Status::malformed);
    EXPECT_EQ(decode("deflate", zlib + "x").status, Status::malformed);
    EXPECT_EQ(decode("br", brotli + "x").status, Status::malformed);
    EXPECT_EQ(decode("zstd", "this is not zstd").status, Status::malformed);
    EXPECT_EQ(decode("zstd", bytes("25b52ffd0438680a01083100")).status, Status::malformed)
        << "a format from before RFC 8878";
    auto damaged = gzip;
    damaged[damaged.size() - 6] ^= 1;
    EXPECT_EQ(decode("gzip", damaged).status, Status::malformed) << "the checksum is looked at";
}

// Ten MiB of zeros in ten KB: a thousand to one.
TEST(ContentDecoder, StopsAtABomb) {
    std::string bomb(64 * 1024, '\0');
    z_stream stream{};
    ASSERT_EQ(deflateInit(&stream, 9), Z_OK);
    std::string zeros(10 * 1024 * 1024, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(zeros.data());
    stream.avail_in = static_cast<uInt>(zeros.size());
    stream.next_out = reinterpret_cast<Bytef*>(bomb.data());
    stream.avail_out = static_cast<uInt>(bomb.size());
    ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    bomb.resize(bomb.size() - stream.avail_out);
    deflateEnd(&stream);
    const auto decoded = decode("deflate", bomb);
    EXPECT_EQ(decoded.status, Status::bomb);
    EXPECT_LT(decoded.text.size(), 4u * 1024 * 1024);
}

}  // namespace
}  // namespace nettool::proto
