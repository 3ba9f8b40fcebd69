#include "nettool/proto/mail/header_text.hpp"

#include "nettool/base/ascii.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

void expect_short_lines(std::string_view field) {
    ASSERT_TRUE(field.ends_with("\r\n"));
    while (!field.empty()) {
        const auto line = field.substr(0, field.find("\r\n"));
        EXPECT_LE(line.size(), 76U) << line;
        EXPECT_TRUE(is_ascii(line));
        field.remove_prefix(line.size() + 2);
    }
}

TEST(HeaderText, LeavesPlainTextAlone) {
    EXPECT_EQ(text_field("Subject", "hello"), "Subject: hello\r\n");
    EXPECT_EQ(text_field("Subject", ""), "Subject: \r\n");
}

TEST(HeaderText, EncodesWhatIsNotAscii) {
    EXPECT_EQ(text_field("Subject",
                         "Gr\xc3\xbc\xc3\x9f"
                         "e"),
              "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n");
    EXPECT_NE(text_field("Subject", "=?utf-8?Q?x?="), "Subject: =?utf-8?Q?x?=\r\n")
        << "or it would be read as something else";
}

TEST(HeaderText, FoldsAndComesBack) {
    std::string umlauts, words;
    for (int i = 0; i < 100; ++i) {
        umlauts += i % 3 == 0 ? "\xf0\x9f\x98\x80" : "\xc3\xbc";
        words += "word" + std::to_string(i) + " ";
    }
    words.pop_back();
    for (const auto& text : {umlauts, words, std::string("a \xc3\xbc b")}) {
        const auto field = text_field("Subject", text);
        expect_short_lines(field);
        EXPECT_EQ(field_decoded(std::string_view(field).substr(9)), text);
    }
}

TEST(HeaderText, NamesPeople) {
    EXPECT_EQ(mailbox_text("", "a@b"), "a@b");
    EXPECT_EQ(mailbox_text("Ada Lovelace", "a@b"), "Ada Lovelace <a@b>");
    EXPECT_EQ(mailbox_text("L., \"Ada\"", "a@b"), "\"L., \\\"Ada\\\"\" <a@b>");
    EXPECT_EQ(field_decoded(mailbox_text("J\xc3\xbcrgen", "a@b")), "Jürgen <a@b>");
    for (const auto& name : {std::string(1600, 'x'), std::string(1600, '"')}) {
        const auto text = mailbox_text(name, "a@b");
        expect_short_lines(text + "\r\n");
        EXPECT_EQ(field_decoded(text), name + " <a@b>");
    }
}

// The examples of RFC 2047 §8 and what real mailers send.
TEST(HeaderText, IsDecoded) {
    EXPECT_EQ(field_decoded("=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>"),
              "Keith Moore <moore@cs.utk.edu>");
    EXPECT_EQ(field_decoded("=?ISO-8859-1?Q?Andr=E9?= Pirard"), "André Pirard");
    EXPECT_EQ(field_decoded("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?="), "a b");
    EXPECT_EQ(field_decoded("=?ISO-8859-1?Q?a?=\r\n =?ISO-8859-1?Q?b?="), "ab");
    EXPECT_EQ(field_decoded("=?utf-8*en?B?w7w=?="), "ü");
    EXPECT_EQ(field_decoded("=?utf-8?X?a?= =?broken"), "=?utf-8?X?a?= =?broken");
    EXPECT_EQ(field_decoded("folded\r\n\tline"), "folded line");
}

TEST(HeaderText, NamesFiles) {
    EXPECT_EQ(parameter("filename", "a b.txt"), "; filename=\"a b.txt\"");
    EXPECT_EQ(parameter("filename", "na\xc3\xafve \"x\".txt"),
              "; filename=\"na__ve \\\"x\\\".txt\"; filename*=UTF-8''na%C3%AFve%20%22x%22.txt");
}

}  // namespace
}  // namespace nettool::proto
