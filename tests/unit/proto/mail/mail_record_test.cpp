#include "nettool/proto/mail/mail_record.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

MailRecord sample() {
    MailRecord record;
    record.received = "2026-11-29T10:00:00.000000Z";
    record.from = "a@b";
    record.to = {"c@d", "\"e f\"@g"};
    record.size_bytes = 12;
    record.defects = {"bare LF: 1"};
    Transcript transcript;
    transcript.server("220 host", {});
    transcript.client("EHLO \xff", {});
    for (const auto& line : transcript.lines()) record.dialog.push_back(dialog_line(line));
    return record;
}

TEST(MailRecord, IsOneLineOfJson) {
    const auto json = to_json(sample());
    EXPECT_EQ(json.find('\n'), json.size() - 1);
    EXPECT_NE(json.find(R"("from":"a@b","to":["c@d","\"e f\"@g"])"), json.npos) << json;
    EXPECT_NE(json.find(R"("number":1,"time":"1970-01-01T00:00:00.000000Z","speaker":"S")"),
              json.npos)
        << json;
}

TEST(MailRecord, ComesBack) {
    const auto record = parse_mail_record(to_json(sample()));
    ASSERT_TRUE(record);
    EXPECT_EQ(record->to, sample().to);
    EXPECT_EQ(record->defects, sample().defects);
    ASSERT_EQ(record->dialog.size(), 2U);
    EXPECT_EQ(record->dialog[1].text, "EHLO \xef\xbf\xbd") << "what is no UTF-8 is replaced";
}

TEST(MailRecord, ShowsALineOfItsDialog) {
    DialogLine line{2, "2026-11-29T10:00:00.123456Z", "C", "EHLO \x1b", {}, {}};
    EXPECT_EQ(dialog_text(line, "#7"), "10:00:00.123 #7 C: EHLO \\x1b");
    line.meaning = "says hello";
    line.source = "RFC 5321";
    const auto text = dialog_text(line, {});
    EXPECT_EQ(text,
              "10:00:00.123 C: EHLO \\x1b" + std::string(39, ' ') + "# says hello (RFC 5321)");
    line.text = std::string(80, 'x');
    EXPECT_TRUE(dialog_text(line, "  2").ends_with("x  # says hello (RFC 5321)"));
}

TEST(MailRecord, IsNothingElse) {
    for (const auto* json : {"", "{}", "[]", "null", "{\"from\":1}", "{\"received\":\"x\""})
        EXPECT_FALSE(parse_mail_record(json)) << json;
    EXPECT_FALSE(parse_mail_record(std::string(100'000, '['))) << "however deep";
}

}  // namespace
}  // namespace nettool::proto
