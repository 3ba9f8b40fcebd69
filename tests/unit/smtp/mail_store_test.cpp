#include "nettool/smtp/mail_store.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/smtp/mailbox.hpp"
#include "support/temporary_directory.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>

#include <gtest/gtest.h>

#include <future>

#include <sys/stat.h>

namespace nettool::smtp {
namespace {

using namespace std::chrono_literals;
using test::TemporaryDirectory;

class MailStoreTest : public testing::Test {
protected:
    std::unique_ptr<MailStore::Incoming> incoming(std::string_view bytes) const {
        auto message = std::make_unique<MailStore::Incoming>(store);
        while (!bytes.empty()) {
            message->write(bytes.substr(0, 10'000));
            bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 10'000));
        }
        return message;
    }
    std::future<result<MailStore::Kept>> keep(std::string_view bytes, std::string envelope = "{}") {
        return asio::co_spawn(io, store.keep(incoming(bytes), std::move(envelope)),
                              asio::use_future);
    }
    void run() {
        io.restart();
        io.run_for(10s);
    }
    // All messages, the oldest first.
    std::string stored() const {
        std::string all;
        for (const auto& mail : mailbox.all()) all += mailbox.message(mail, 1UL << 30);
        return all;
    }
    std::string names(const std::string& folder) const {
        return test::names_in(directory.file("mail/" + folder));
    }

    TemporaryDirectory directory;
    asio::io_context io;
    MailStore store{directory.file("mail")};
    Mailbox mailbox{directory.file("mail")};
};

TEST_F(MailStoreTest, KeepsMessageAndEnvelope) {
    auto kept = keep("Subject: x\r\n\r\n.hello\r\n", "{\"from\":\"a@b\"}");
    run();
    const auto name = kept.get()->id;
    EXPECT_EQ(names("new"), name + " ");
    EXPECT_EQ(stored(), "Subject: x\r\n\r\n.hello\r\n") << "byte for byte";
    EXPECT_EQ(test::contents(directory.file("mail/envelopes/" + name + ".json")),
              "{\"from\":\"a@b\"}");
    EXPECT_EQ(names("tmp"), "");
    EXPECT_EQ(names("envelopes"), name + ".json ");
}

TEST_F(MailStoreTest, KeepsLongMessages) {
    std::string bytes;
    while (bytes.size() < 1'000'000) bytes += std::to_string(bytes.size()) + "\r\n";
    auto kept = keep(bytes);
    EXPECT_NE(names("tmp"), "") << "not in memory";
    run();
    EXPECT_TRUE(kept.get());
    EXPECT_EQ(stored(), bytes);
    EXPECT_EQ(names("tmp"), "");
}

TEST_F(MailStoreTest, LeavesNothingOfWhatIsGivenUp) {
    incoming("short");
    incoming(std::string(1'000'000, 'x'));
    for (const auto* folder : {"tmp", "new", "envelopes"}) EXPECT_EQ(names(folder), "");
}

TEST_F(MailStoreTest, SharesTheWayToTheDisk) {
    std::vector<std::future<result<MailStore::Kept>>> kept;
    for (int i = 0; i < 100; ++i) kept.push_back(keep(std::to_string(i)));
    run();
    for (auto& one : kept) EXPECT_TRUE(one.get());
    EXPECT_EQ(mailbox.all().size(), 100U);
    EXPECT_LE(store.syncs(), 10U);
}

// Whoever leads may be told to stop; the others get to the disk all the same.
TEST_F(MailStoreTest, GoesOnWithoutItsLeader) {
    for (int round = 0; round < 20; ++round) {
        asio::cancellation_signal stop;
        auto leader = asio::co_spawn(io, store.keep(incoming("leader"), "{}"),
                                     asio::bind_cancellation_slot(stop.slot(), asio::use_future));
        std::vector<std::future<result<MailStore::Kept>>> kept;
        for (int i = 0; i < 5; ++i) kept.push_back(keep("other"));
        io.restart();
        for (int i = 0; i < round; ++i) io.poll_one();
        stop.emit(asio::cancellation_type::terminal);
        io.run_for(10s);
        for (auto& one : kept) {
            ASSERT_EQ(one.wait_for(0s), std::future_status::ready) << round;
            EXPECT_TRUE(one.get());
        }
        try {
            (void)leader.get();
        } catch (const boost::system::system_error&) {
            continue;  // it was told to
        }
    }
    EXPECT_EQ(names("tmp"), "");
}

TEST_F(MailStoreTest, SaysWhyItCannotKeep) {
    auto message = incoming("x");
    std::filesystem::remove_all(directory.file("mail/envelopes"));
    auto kept = asio::co_spawn(io, store.keep(std::move(message), "{}"), asio::use_future);
    run();
    const auto outcome = kept.get();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error(), boost::system::errc::no_such_file_or_directory);
    EXPECT_EQ(names("new"), "");
    EXPECT_EQ(names("tmp"), "") << "nothing half is left";
    test::write_file(directory.file("file"), "");
    EXPECT_THROW(MailStore(directory.file("file")), Failure);
}

TEST_F(MailStoreTest, NamesTheOldestFirst) {
    for (int i = 0; i < 3; ++i) {
        auto kept = keep(std::to_string(i));
        run();
        EXPECT_TRUE(kept.get());
    }
    EXPECT_EQ(stored(), "012");
    auto next = keep("3");
    run();
    EXPECT_EQ(next.get()->number, 4U);
    MailStore again(directory.file("mail"));
    auto later = asio::co_spawn(io, again.keep(incoming("4"), "{}"), asio::use_future);
    run();
    EXPECT_EQ(later.get()->number, 5U) << "those of earlier days count";
}

}  // namespace
}  // namespace nettool::smtp
