#include "nettool/smtp/mailbox.hpp"

#include "nettool/base/failure.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

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
    put("cur/2.b:2,RS");
    EXPECT_TRUE(mailbox.find("2.b")) << "with other flags";
    put("new/.hidden");
    put("new/3.c:2,");
    for (const auto* id : {"", ".", "..", ".hidden", "../cur/1.a:2,S", "1.a:2,S", "3.c:2,"})
        EXPECT_FALSE(mailbox.find(id)) << id;
    EXPECT_FALSE(mailbox.find(std::string_view("1.a\0", 4)));
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
}

TEST_F(MailboxTest, RemovesWhatSomebodyElseHasMovedOrRemoved) {
    put("new/1.a");
    put("new/2.a");
    const auto mails = mailbox.all();
    ASSERT_EQ(mails.size(), 2U);
    ASSERT_TRUE(mailbox.take(mails[0]));
    std::filesystem::remove(directory.file("new/2.a"));
    put("envelopes/2.a.json");
    for (const auto& mail : mails) mailbox.remove(mail);
    EXPECT_EQ(ids() + test::names_in(directory.file("envelopes")), "");
    EXPECT_NO_THROW(mailbox.remove(mails[0]));
    std::filesystem::create_directory(directory.file("new/1.a"));
    EXPECT_THROW(mailbox.remove(mails[0]), Failure) << "it is no message now";
}

TEST_F(MailboxTest, PassesOverWhatIsNoFile) {
    put("new/1.a");
    put("elsewhere", "secret");
    for (const std::string folder : {"new/", "cur/"}) {
        std::filesystem::create_directory(directory.file(folder + "2.directory"));
        ASSERT_EQ(::mkfifo(directory.file(folder + "3.fifo").c_str(), 0600), 0);
        std::filesystem::create_symlink("../elsewhere", directory.file(folder + "4.link"));
    }
    ASSERT_EQ(::mkfifo(directory.file("envelopes/1.a.json").c_str(), 0600), 0);
    EXPECT_EQ(ids(), "1.a ");
    for (const auto* id : {"2.directory", "3.fifo", "4.link"}) EXPECT_FALSE(mailbox.find(id)) << id;
    EXPECT_FALSE(mailbox.record(mailbox.all().at(0))) << "nobody writes into that FIFO";
}

TEST_F(MailboxTest, SaysWhereThereIsNone) {
    EXPECT_THROW((void)Mailbox(directory.file("none")).all(), Failure);
}

}  // namespace
}  // namespace nettool::smtp
