#include "nettool/http/chunk_decoder.hpp"

#include "nettool/base/errc.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::http {
namespace {

struct Decoded {
    std::string body;
    std::string rest;  // behind the end
    bool finished = false;
    bool malformed = false;
};

// `cut`: bytes that come at a time.
Decoded decode(std::string_view coded, std::size_t cut) {
    ChunkDecoder decoder;
    Decoded decoded;
    std::string held;
    for (;;) {
        const auto used = decoder.decode(held);
        if (!used) decoded.malformed = true;
        if (!used) break;
        decoded.body += decoder.piece();
        held.erase(0, *used);
        decoded.finished = decoder.finished();
        if (decoded.finished) break;
        if (*used > 0) continue;
        if (coded.empty()) break;
        held += coded.substr(0, cut);
        coded.remove_prefix(std::min(cut, coded.size()));
    }
    decoded.rest = held + std::string(coded);
    return decoded;
}

TEST(ChunkDecoder, DecodesTheSameHoweverTheBytesAreCut) {
    const std::string coded = "5\r\nhello\r\n0010;a=b;c=\"d\"\r\n0123456789abcdef\r\n0\r\n\r\nnext";
    for (std::size_t cut = 1; cut <= coded.size(); ++cut) {
        const auto decoded = decode(coded, cut);
        EXPECT_EQ(decoded.body, "hello0123456789abcdef") << cut;
        EXPECT_TRUE(decoded.finished) << cut;
        EXPECT_EQ(decoded.rest, "next") << cut;
    }
}

TEST(ChunkDecoder, DropsTrailers) {
    const auto decoded = decode("1\r\na\r\n0\r\nHost: evil\r\nX: y\r\n\r\n!", 3);
    EXPECT_EQ(decoded.body, "a");
    EXPECT_TRUE(decoded.finished);
    EXPECT_EQ(decoded.rest, "!");
}

TEST(ChunkDecoder, WaitsForMore) {
    for (const auto* coded :
         {"", "5", "5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "0\r\n", "0\r\nX: y\r\n"}) {
        const auto decoded = decode(coded, 2);
        EXPECT_FALSE(decoded.finished) << coded;
        EXPECT_FALSE(decoded.malformed) << coded;
    }
}

TEST(ChunkDecoder, RefusesEveryDoubt) {
    using namespace std::string_literals;
    for (const auto& coded :
         {"x\r\na\r\n"s, "-1\r\na\r\n"s, "+1\r\na\r\n0\r\n\r\n"s, "0x1\r\na\r\n0\r\n\r\n"s,
          " 1\r\na\r\n0\r\n\r\n"s, "\r\n\r\n\r\n"s, ";a\r\n\r\n"s, "1\na\r\n0\r\n\r\n"s,
          "1\r\nab\r\n0\r\n\r\n"s, "1\r\na\n0\r\n\r\n"s, "1\r\na0\r\n\r\n"s,
          "11111111111111111\r\n"s, "1;a=\x01\r\na\r\n0\r\n\r\n"s, "1;a=\0\r\na\r\n0\r\n\r\n"s,
          "1;a\rb\r\na\r\n0\r\n\r\n"s, "1;"s + std::string(5000, 'a'), "0\r\nX : y\r\n\r\n"s,
          "0\r\nX: "s + std::string(5000, 'a')}) {
        for (const std::size_t cut : {1UL, 7UL, coded.size()})
            EXPECT_TRUE(decode(coded, cut).malformed) << coded.substr(0, 40) << " cut " << cut;
    }
}

TEST(ChunkDecoder, ReadsNoMoreExtensionsThanBody) {
    const auto decodes = [](std::size_t extension, std::size_t data) {
        std::string coded;
        const auto size_line = data == 1 ? "1" : "3e8";
        for (int i = 0; i < 20; ++i)
            coded += size_line + (";" + std::string(extension, 'x')) + "\r\n" +
                     std::string(data, 'd') + "\r\n";
        ChunkDecoder decoder;
        for (;;) {
            const auto used = decoder.decode(coded);
            if (!used) return false;
            if (*used == 0) return true;
            coded.erase(0, *used);
        }
    };
    EXPECT_TRUE(decodes(100, 1));
    EXPECT_FALSE(decodes(1000, 1));
    EXPECT_TRUE(decodes(1000, 1000));
}

TEST(ChunkDecoder, RefusesTrailersThatFrame) {
    ChunkDecoder decoder;
    const std::string coded = "0\r\nContent-Length: 9\r\n\r\n";
    EXPECT_FALSE(decoder.decode(coded));
}

TEST(ChunkDecoder, KeepsTrailersApartButForThoseThatWouldMeanMore) {
    const std::string coded =
        "3\r\nabc\r\n0\r\nX-Sum: 1\r\nHost: evil\r\nset-cookie: a\r\n"
        "Y:  b \r\n\r\n";
    for (const std::size_t step : {std::size_t(1), coded.size()}) {
        ChunkDecoder decoder;
        std::string held;
        for (std::size_t at = 0; at < coded.size(); at += step) {
            held += coded.substr(at, step);
            for (;;) {
                const auto used = decoder.decode(held);
                ASSERT_TRUE(used);
                held.erase(0, *used);
                if (*used == 0 || decoder.finished()) break;
            }
        }
        EXPECT_TRUE(decoder.finished());
        EXPECT_EQ(decoder.trailers(), "X-Sum: 1\r\nY: b\r\n");
    }
}

}  // namespace
}  // namespace nettool::http
