#include "nettool/proto/mail/mail_message.hpp"

#include "nettool/proto/mail/mail_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace nettool::proto {
namespace {

const std::string head = "Date: x\r\nFrom: a@b\r\n";

bool has(const std::string& bytes, std::string_view part_of_defect) {
    const auto message = read_message(bytes);
    return std::ranges::any_of(message.defects, [&](const std::string& defect) {
        return defect.find(part_of_defect) != defect.npos;
    });
}

TEST(MailMessage, IsReadAsItWasWritten) {
    MailDraft draft;
    draft.from = {"J\xc3\xbcrgen", {"a", "b"}};
    draft.to = {{"", {"c", "d"}}};
    draft.subject =
        "Gr\xc3\xbc\xc3\x9f"
        "e";
    draft.text = "hell\xc3\xb6\n.dot";
    draft.html = "<p>hell\xc3\xb6";
    draft.message_id = "<1@b>";
    draft.boundary = "b";
    std::string bytes;
    for (int i = 0; i < 300; ++i) bytes += static_cast<char>(i);
    MailAttachment attachment{"na\xc3\xafve.bin", "application/octet-stream", bytes.size(), {}};
    attachment.read = [&bytes](std::uint64_t offset, std::size_t count) {
        return bytes.substr(offset, count);
    };
    draft.attachments.push_back(std::move(attachment));
    std::string wire;
    MailSource source(draft, {});
    for (auto piece = source.next(); !piece.empty(); piece = source.next()) wire += piece;
    const auto message = read_message(wire);
    EXPECT_TRUE(message.defects.empty()) << message.defects.front();
    EXPECT_EQ(message.shown("subject"), "Grüße");
    EXPECT_EQ(message.shown("From"), "Jürgen <a@b>");
    EXPECT_EQ(message.first("text/plain")->text(), "hellö\r\n.dot\r\n");
    EXPECT_EQ(message.first("text/html")->text(), "<p>hellö\r\n");
    const auto leaves = message.leaves();
    ASSERT_EQ(leaves.size(), 3U);
    EXPECT_TRUE(leaves[2]->is_attachment);
    EXPECT_EQ(leaves[2]->file_name, "naïve.bin");
    EXPECT_EQ(leaves[2]->decoded(), bytes);
}

TEST(MailMessage, UnfoldsAndDecodesFields) {
    const auto bytes = head + "Subject: =?iso-8859-1?q?a=E4?=\r\n\t=?utf-8?b?w7w=?= x\r\n\r\n";
    const auto message = read_message(bytes);
    EXPECT_EQ(message.shown("SUBJECT"), "aäü x");
    EXPECT_EQ(message.shown("To"), "");
    const std::string below = head + "Subject:\r\n below\r\n\r\n";
    EXPECT_EQ(read_message(below).shown("subject"), "below");
    EXPECT_TRUE(message.defects.empty());
}

TEST(MailMessage, ReadsTextOfAnyCharacterSet) {
    const auto text = [](const std::string& type, const std::string& body) {
        const auto bytes = head + "Content-Type: " + type + "\r\n\r\n" + body;
        return read_message(bytes).root.text();
    };
    EXPECT_EQ(text("text/plain; charset=iso-8859-1", "\xe4"), "ä");
    EXPECT_EQ(text("text/plain", "\xc3\xa4"), "ä");
    EXPECT_EQ(text("text/plain", "\xe4"), "ä") << "nobody said what it is";
}

TEST(MailMessage, SaysWhatIsWrong) {
    EXPECT_TRUE(has("", "no Date field"));
    EXPECT_TRUE(has("Subject: x\r\nsubject: y\r\n\r\n", "more than one Subject"));
    EXPECT_TRUE(has(head + "no field\r\n\r\nbody", "is no field: \"no field\""));
    EXPECT_TRUE(has(" a: b\r\n\r\n", "begins with a blank"));
    EXPECT_TRUE(has(head + "\r\n" + std::string(999, 'x'), "more than 998 octets: 1"));
    EXPECT_TRUE(has(head + "Content-Type: nonsense\r\n\r\n", "not understood"));
    EXPECT_TRUE(has(head + "Content-Transfer-Encoding: uu\r\n\r\n", "not known"));
    EXPECT_TRUE(has(head + "Content-Type: multipart/mixed\r\n\r\n", "no boundary"));
    const auto mixed = head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    EXPECT_TRUE(has(mixed + "nothing", "no parts"));
    EXPECT_TRUE(has(mixed + "--b\r\n\r\nx", "no end"));
}

TEST(MailMessage, KeepsPartsApart) {
    const auto bytes =
        head +
        "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\npreamble\r\n--b\r\n\r\none"
        "\r\n--b \r\nContent-Type: image/png; name=\"=?utf-8?q?=C3=BC.png?=\"\r\n"
        "Content-Transfer-Encoding: BASE64\r\n\r\naG*V!s\r\nbG8\r\n--bc\r\n--b--\r\nepilogue";
    const auto message = read_message(bytes);
    const auto leaves = message.leaves();
    ASSERT_EQ(leaves.size(), 2U);
    EXPECT_EQ(leaves[0]->decoded(), "one");
    EXPECT_EQ(leaves[1]->file_name, "ü.png");
    EXPECT_EQ(leaves[1]->decoded().substr(0, 5), "hello") << "what is no base64 is left out";
}

TEST(MailMessage, IsBounded) {
    std::string deep = head;
    for (int i = 0; i < 100; ++i)
        deep += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" +
                std::to_string(i) + "\r\n";
    EXPECT_TRUE(has(deep, "nested too deeply"));
    std::string many = head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (int i = 0; i < 2000; ++i) many += "--b\r\n\r\nx\r\n";
    const auto message = read_message(many);
    EXPECT_EQ(message.leaves().size(), 1000U);
    EXPECT_TRUE(has(many, "more than 1000 parts"));
}

}  // namespace
}  // namespace nettool::proto
