#include "nettool/smtp/mailbox.hpp"

#include "nettool/base/failure.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

namespace nettool::smtp {
namespace {

class MailboxTest : public testing::Test {
protected:
    MailboxTest() {
        for (const auto* folder : {"new", "cur", "envelopes"})
            std::filesystem::create_directory(directory.file(folder));
    }

    void put(const std::string& path, const std::string& text = "x") const {
        test::write_file(directory.file(path), text);
    }
    std::string ids() const {
        std::string all;
        for (const auto& mail : mailbox.all()) all += mail.id + (mail.is_new ? " " : "* ");
        return all;
    }

    test::TemporaryDirectory directory;
    Mailbox mailbox{directory.path()};
};

TEST_F(MailboxTest, ListsTheOldestFirst) {
    put("new/100.M000001P9Q10");
    put("new/100.M000001P9Q9");
    put("cur/100.M000000P9Q1:2,S");
    put("new/99.M5P1Q1");
    put("new/.hidden");
    EXPECT_EQ(ids(), "99.M5P1Q1 100.M000000P9Q1* 100.M000001P9Q9 100.M000001P9Q10 ");
}

TEST_F(MailboxTest, FindsWhatHasBeenMoved) {
    put("cur/1.a:2,S", "hello");
    const auto mail = mailbox.find("1.a");
    ASSERT_TRUE(mail);
    EXPECT_EQ(mailbox.message(*mail, 10), "hello");
    EXPECT_EQ(mailbox.beginning(*mail, 3), "hel");
    EXPECT_THROW((void)mailbox.message(*mail, 4), Failure);
    EXPECT_FALSE(mailbox.find("1"));
    EXPECT_FALSE(mailbox.record(*mail)) << "of another program's message";
}

TEST_F(MailboxTest, TakesEachOnlyOnce) {
    put("new/1.a");
    const auto mail = mailbox.find("1.a");
    ASSERT_TRUE(mail);
    EXPECT_TRUE(mailbox.take(*mail));
    EXPECT_FALSE(mailbox.take(*mail));
    EXPECT_EQ(ids(), "1.a* ");
}

TEST_F(MailboxTest, RemovesTheRecordToo) {
    put("new/1.a");
    put("envelopes/1.a.json", proto::to_json({}));
    const auto mail = mailbox.find("1.a");
    ASSERT_TRUE(mail);
    EXPECT_TRUE(mailbox.record(*mail));
    mailbox.remove(*mail);
    EXPECT_EQ(ids() + test::names_in(directory.file("envelopes")), "");
    EXPECT_THROW(mailbox.remove(*mail), Failure);
}

TEST_F(MailboxTest, SaysWhereThereIsNone) {
    EXPECT_THROW((void)Mailbox(directory.file("none")).all(), Failure);
}

}  // namespace
}  // namespace nettool::smtp
