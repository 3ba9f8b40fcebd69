#include "nettool/proto/classroom/upper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace nettool::proto {
namespace {

using namespace std::string_literals;

std::string filtered(UpperMode mode, const std::vector<std::string>& chunks) {
    UpperFilter filter(mode);
    std::string out;
    for (const auto& chunk : chunks) filter.feed(chunk, out);
    filter.flush(out);
    return out;
}

std::string unicode(const std::string& text) { return filtered(UpperMode::unicode, {text}); }

std::vector<std::string> pieces(std::string_view text, std::size_t size) {
    std::vector<std::string> chunks;
    for (std::size_t at = 0; at < text.size(); at += size)
        chunks.emplace_back(text.substr(at, size));
    return chunks;
}

std::string utf8(char32_t c) {
    const auto tail = [c](unsigned shift) { return static_cast<char>(0x80 | (c >> shift & 0x3f)); };
    const auto lead = [c](unsigned shift, unsigned mark) {
        return static_cast<char>(mark | c >> shift);
    };
    if (c < 0x80) return {static_cast<char>(c)};
    if (c < 0x800) return {lead(6, 0xc0), tail(0)};
    if (c < 0x10000) return {lead(12, 0xe0), tail(6), tail(0)};
    return {lead(18, 0xf0), tail(12), tail(6), tail(0)};
}

bool is_surrogate(char32_t c) { return c >= 0xd800 && c < 0xe000; }

struct Case {
    std::string text;
    std::string unicode;
    std::string ascii;
    std::string capitalize;
};

const Case cases[] = {
    {"", "", "", ""},
    {"hello world", "HELLO WORLD", "HELLO WORLD", "Hello world"},
    {"`az{@AZ[", "`AZ{@AZ[", "`AZ{@AZ[", "`Az{@AZ["},
    {"grüße", "GRÜßE", "GRüßE", "Grüße"},
    {"привет", "ПРИВЕТ", "привет", "Привет"},
    {"\"élan\" 12", "\"ÉLAN\" 12", "\"éLAN\" 12", "\"Élan\" 12"},
    {"12 ab\ncd\n\n ef", "12 AB\nCD\n\n EF", "12 AB\nCD\n\n EF", "12 Ab\nCd\n\n Ef"},
    {"日b", "日B", "日B", "日b"},
    {"a\0b"s, "A\0B"s, "A\0B"s, "A\0b"s},
    {"ɐ", "Ɐ", "ɐ", "Ɐ"},
    {"𐐨", "𐐀", "𐐨", "𐐀"},
    {"\xffz\xc3(\xe2\x82z\xed\xa0\x80z\xf0\x80\x80\x80z",
     "\xffZ\xc3(\xe2\x82Z\xed\xa0\x80Z\xf0\x80\x80\x80Z",
     "\xffZ\xc3(\xe2\x82Z\xed\xa0\x80Z\xf0\x80\x80\x80Z",
     "\xffZ\xc3(\xe2\x82z\xed\xa0\x80z\xf0\x80\x80\x80z"},
    {"\xc3", "\xc3", "\xc3", "\xc3"},
    {"ab\xf0\x90\x90", "AB\xf0\x90\x90", "AB\xf0\x90\x90", "Ab\xf0\x90\x90"},
    {"\xc3\xc3\xa9\xf0\x90\xe2\xc3\xa9", "\xc3\xc3\x89\xf0\x90\xe2\xc3\x89",
     "\xc3\xc3\xa9\xf0\x90\xe2\xc3\xa9", "\xc3\xc3\x89\xf0\x90\xe2\xc3\xa9"},
};

TEST(UpperFilter, MapsByItsModeForAnyCutting) {
    for (const auto& [text, unicode, ascii, capitalize] : cases)
        for (const std::size_t size :
             {std::size_t{1}, std::size_t{2}, std::size_t{3}, text.size() + 1}) {
            const auto chunks = pieces(text, size);
            EXPECT_EQ(filtered(UpperMode::unicode, chunks), unicode) << size;
            EXPECT_EQ(filtered(UpperMode::ascii, chunks), ascii) << size;
            EXPECT_EQ(filtered(UpperMode::capitalize, chunks), capitalize) << size;
        }
}

TEST(UpperFilter, MapsEachAsciiByteAtEachPlaceInAWord) {
    for (std::size_t place = 0; place < 17; ++place)
        for (int byte = 0; byte < 256; ++byte) {
            std::string text(17, 'x');
            text[place] = static_cast<char>(byte);
            std::string expected(17, 'X');
            expected[place] = static_cast<char>(byte >= 'a' && byte <= 'z' ? byte - 32 : byte);
            ASSERT_EQ(filtered(UpperMode::ascii, {text}), expected) << place << ' ' << byte;
            ASSERT_EQ(unicode(text), expected) << place << ' ' << byte;
        }
}

TEST(UpperFilter, MapsEveryCharacterAlikeHoweverItIsCut) {
    for (char32_t c = 0x80; c < 0x110000; c += c < 0x20000 ? 1 : 0x101) {
        if (is_surrogate(c)) continue;
        const auto text = utf8(c);
        const auto whole = unicode(text);
        for (std::size_t cut = 1; cut < text.size(); ++cut)
            ASSERT_EQ(filtered(UpperMode::unicode, {text.substr(0, cut), text.substr(cut)}), whole)
                << static_cast<unsigned>(c);
    }
}

TEST(UpperFilter, MapsRandomBytesAlikeForRandomCuttings) {
    std::mt19937 random(20261005);
    const auto alphabet = "aZ\n\xc3\xa9\x80\xbf\xe2\x82\xe0\xa0\xed\x9f\xf0\x90\xf4\x8f\xff"s;
    for (int round = 0; round < 5000; ++round) {
        std::string text(random() % 30, ' ');
        for (auto& c : text) c = alphabet[random() % alphabet.size()];
        for (const auto mode : {UpperMode::unicode, UpperMode::capitalize})
            ASSERT_EQ(filtered(mode, pieces(text, 1 + random() % 5)), filtered(mode, {text}))
                << testing::PrintToString(text);
    }
}

TEST(UpperFilter, HoldsOnlyWhatMayBecomeACharacter) {
    for (const auto* begun : {"\xc3", "\xe2", "\xe2\x82", "\xf0\x90\x90", "\xe0\xa0", "\xed\x9f",
                              "\xf0\x90", "\xf4\x8f"}) {
        UpperFilter filter(UpperMode::unicode);
        std::string out;
        filter.feed("a"s + begun, out);
        EXPECT_TRUE(filter.holds());
        EXPECT_EQ(out, "A");
        filter.flush(out);
        EXPECT_FALSE(filter.holds());
        EXPECT_EQ(out, "A"s + begun);
    }
    for (const auto* hopeless : {"\x80", "\xc0", "\xc1\xbf", "\xe0\x80", "\xed\xa0", "\xf0\x8f",
                                 "\xf4\x90", "\xf5", "\xff", "\xe2\x82("}) {
        UpperFilter filter(UpperMode::unicode);
        std::string out;
        filter.feed(hopeless, out);
        EXPECT_FALSE(filter.holds());
        EXPECT_EQ(out, hopeless);
    }
}

TEST(UpperFilter, PassesTheRestOfAFlushedCharacterUntouched) {
    UpperFilter filter(UpperMode::unicode);
    std::string out;
    filter.feed("\xc3", out);
    filter.flush(out);
    filter.feed("\xa9z", out);
    EXPECT_EQ(out, "\xc3\xa9Z");
}

TEST(UpperFilter, CapitalizesEachMessageOnce) {
    UpperFilter filter(UpperMode::capitalize);
    std::string out;
    filter.feed("he", out);
    filter.feed("llo", out);
    filter.message_ended();
    filter.feed(" world", out);
    EXPECT_EQ(out, "Hello World");
}

TEST(UpperDatagram, NeverGrows) {
    int growing = 0;
    for (char32_t c = 0; c < 0x110000; ++c) {
        if (is_surrogate(c)) continue;
        const auto letter = utf8(c);
        const auto stream = unicode(letter);
        const bool grows = stream.size() > letter.size();
        growing += grows ? 1 : 0;
        ASSERT_EQ(upper_datagram(UpperMode::unicode, letter), grows ? letter : stream);
    }
    EXPECT_EQ(growing, 18);
}

TEST(UpperDatagram, IsOneMessage) {
    EXPECT_EQ(upper_datagram(UpperMode::unicode, ""), "");
    EXPECT_EQ(upper_datagram(UpperMode::unicode, "aé\xc3"), "AÉ\xc3");
    EXPECT_EQ(upper_datagram(UpperMode::ascii, "aé"), "Aé");
    EXPECT_EQ(upper_datagram(UpperMode::capitalize, "élan vital"), "Élan vital");
}

// Sends and receives alternately, `size` bytes at a time.
bool accepted(std::string_view sent, std::string_view reply, std::size_t size) {
    UpperCheck check;
    while (!sent.empty()) {
        check.sent(sent.substr(0, size));
        sent.remove_prefix(std::min(size, sent.size()));
    }
    for (; !reply.empty(); reply.remove_prefix(std::min(size, reply.size())))
        if (!check.received(reply.substr(0, size))) return false;
    return check.complete();
}

TEST(UpperCheck, AcceptsEveryRightMappingAndNoOther) {
    struct Reply {
        std::string sent;
        std::string reply;
        bool right;
    };
    const Reply replies[] = {
        {"", "", true},
        {"straße é", "STRAßE É", true},
        {"straße é", "STRASSE É", true},
        {"straße é", "STRAßE é", true},
        {"ŉ ǰ ﬃ", "ʼN J̌ FFI", true},
        {"straße é", "STRASSE é", false},
        {"straße é", "straße é", false},
        {"straße é", "STRAßE ", false},
        {"straße é", "STRAßE É!", false},
        {"ab", "A", false},
        {"a", "AB", false},
        {"", "A", false},
        {"a\xff\xc3", "A\xff\xc3", true},
        {"\xc3", "", false},
    };
    for (const auto& [sent, reply, right] : replies)
        for (const std::size_t size : {1u, 2u, 3u, 100u})
            EXPECT_EQ(accepted(sent, reply, size), right) << sent << " → " << reply << ' ' << size;
}

TEST(UpperCheck, FailsAsSoonAsNoMappingFits) {
    UpperCheck check;
    check.sent("abc");
    EXPECT_TRUE(check.received("A"));
    EXPECT_FALSE(check.complete());
    EXPECT_FALSE(check.received("b"));
    EXPECT_FALSE(check.received("C"));
    EXPECT_FALSE(check.complete());
}

TEST(UpperCheck, ExpectsWhatAServerDoesAfterAGap) {
    UpperCheck check;
    check.sent("a\xc3");
    EXPECT_TRUE(check.received("A\xc3"));
    check.sent("\xa9z");
    EXPECT_TRUE(check.received("\xa9Z"));
    EXPECT_TRUE(check.complete());
}

TEST(UpperCheck, AcceptsLettersThatMustNotGrow) {
    UpperCheck check(UpperMapping::fitting);
    check.sent("aɐé");
    EXPECT_TRUE(check.received(upper_datagram(UpperMode::unicode, "aɐé")));
    EXPECT_TRUE(check.complete());
}

}  // namespace
}  // namespace nettool::proto
