#include "nettool/proto/mail/mime_writer.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/mail/mail_source.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;

MailDraft draft() {
    MailDraft draft;
    draft.from = {"Ada", {"ada", "example.org"}};
    draft.to = {{"", {"b", "example.org"}}, {"J\xc3\xbcrgen", {"c", "example.org"}}};
    draft.subject =
        "Gr\xc3\xbc\xc3\x9f"
        "e";
    draft.text = "hello";
    draft.date = std::chrono::sys_days(2026y / 11 / 29) + 1h;
    draft.utc_offset = 1h;
    draft.message_id = "<1@example.org>";
    draft.boundary = "b";
    return draft;
}

std::string written(const MailDraft& draft, bool eight_bit = false) {
    std::string text;
    MailTransport transport;
    transport.eight_bit = eight_bit;
    MailSource source(draft, transport);
    for (auto piece = source.next(); !piece.empty(); piece = source.next()) text += piece;
    EXPECT_EQ(text.size(), source.size()) << "it is announced before it is sent";
    EXPECT_EQ(source.is_eight_bit(), !is_ascii(text));
    // Whatever it is: CR and LF stand together, and no line is too long.
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        if (end == text.npos) {
            ADD_FAILURE() << "the last line does not end";
            break;
        }
        EXPECT_LE(end - at, 999U);
        EXPECT_EQ(text[end - 1], '\r');
        at = end + 1;
    }
    return text;
}

TEST(MimeWriter, WritesAPlainMessage) {
    EXPECT_EQ(written(draft()),
              "Date: Sun, 29 Nov 2026 02:00:00 +0100\r\n"
              "From: Ada <ada@example.org>\r\n"
              "To: b@example.org,\r\n =?utf-8?B?SsO8cmdlbg==?= <c@example.org>\r\n"
              "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n"
              "Message-ID: <1@example.org>\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: 7bit\r\n\r\n"
              "hello\r\n");
}

TEST(MimeWriter, ChoosesAnEncoding) {
    const auto encoding = [](const std::string& text, bool eight_bit = false) {
        auto mail = draft();
        mail.text = text;
        const auto message = written(mail, eight_bit);
        constexpr std::string_view name = "Content-Transfer-Encoding: ";
        const auto begin = message.find(name) + name.size();
        return message.substr(begin, message.find('\r', begin) - begin);
    };
    EXPECT_EQ(encoding("a\nb"), "7bit");
    EXPECT_EQ(encoding("gr\xc3\xbcn"), "quoted-printable");
    EXPECT_EQ(encoding("gr\xc3\xbcn", true), "8bit");
    EXPECT_EQ(encoding(std::string(999, 'x'), true), "quoted-printable");
    EXPECT_EQ(encoding("a\rb"), "quoted-printable");
    std::string greek;
    for (int i = 0; i < 100; ++i) greek += "\xce\xb1";
    EXPECT_EQ(encoding(greek), "base64");
    EXPECT_EQ(encoding(""), "7bit");
}

TEST(MimeWriter, OffersBothForms) {
    auto mail = draft();
    mail.html = "<p>hello";
    const auto message = written(mail);
    EXPECT_NE(message.find("Content-Type: multipart/alternative;\r\n boundary=\"b-alternative\""),
              message.npos);
    EXPECT_LT(message.find("text/plain"), message.find("text/html")) << "the better one is last";
    EXPECT_TRUE(message.ends_with("--b-alternative--\r\n"));
}

TEST(MimeWriter, AttachesFiles) {
    auto mail = draft();
    for (const auto& [name, bytes] :
         {std::pair(std::string("na\xc3\xafve \"x\".txt"), std::string(200'000, 'a')),
          std::pair(std::string("empty"), std::string())}) {
        MailAttachment attachment{name, "text/plain", bytes.size(), {}};
        attachment.read = [bytes = bytes](std::uint64_t offset, std::size_t count) {
            return bytes.substr(offset, count);
        };
        mail.attachments.push_back(std::move(attachment));
    }
    const auto message = written(mail);
    EXPECT_NE(message.find("Content-Type: multipart/mixed;\r\n boundary=\"b-mixed\""),
              message.npos);
    EXPECT_NE(message.find("filename*=UTF-8''na%C3%AFve%20%22x%22.txt"), message.npos);
    EXPECT_NE(message.find("YWFhYWFh"), message.npos);
    EXPECT_TRUE(message.ends_with("filename=\"empty\"\r\n\r\n--b-mixed--\r\n")) << message;
    EXPECT_TRUE(is_ascii(message));
}

TEST(MimeWriter, LetsTheUsersFieldsWin) {
    auto mail = draft();
    mail.fields = {{"Message-Id", "<own@x>"}, {"X-Mailer", "me"}};
    const auto message = written(mail);
    EXPECT_EQ(message.find("<1@example.org>"), message.npos);
    EXPECT_NE(message.find("Message-Id: <own@x>\r\nX-Mailer: me\r\n"), message.npos);
}

// C11: nothing is to be folded there, but no line may be longer.
TEST(MimeWriter, EncodesAWordThatIsTooLongForALine) {
    auto mail = draft();
    mail.subject = std::string(2000, 'x');
    mail.fields = {{"X-Long", "short " + std::string(1500, 'y')}};
    const auto message = written(mail);
    EXPECT_NE(message.find("Subject: =?utf-8?B?"), message.npos);
    EXPECT_NE(message.find("X-Long: =?utf-8?B?"), message.npos);
}

TEST(MimeWriter, KnowsTheTime) {
    EXPECT_EQ(mail_date(std::chrono::sys_days(2026y / 1 / 2), -90min),
              "Thu, 01 Jan 2026 22:30:00 -0130");
}

}  // namespace
}  // namespace nettool::proto
