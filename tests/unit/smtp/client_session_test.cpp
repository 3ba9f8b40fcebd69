#include "nettool/smtp/client_session.hpp"

#include "support/stream_pair.hpp"

#include <gtest/gtest.h>

namespace nettool::smtp {
namespace {

class ClientSessionTest : public testing::Test {
protected:
    // Sends one message to a server that says each of these when it has heard something, the
    // first at once, in pieces of so many bytes.
    std::optional<proto::SmtpFailure> talk(const std::vector<std::string>& turns,
                                           std::size_t piece) {
        std::optional<proto::SmtpFailure> failure;
        auto server = [&](net::Stream stream) { return say(std::move(stream), turns, piece); };
        auto client = [&](net::Stream stream) { return send(std::move(stream), failure); };
        test::converse(server, {}, client, {});
        return failure;
    }

    awaitable<void> say(net::Stream stream, std::vector<std::string> turns, std::size_t piece) {
        bool first = true;
        for (const auto& turn : turns) {
            if (!std::exchange(first, false)) (void)co_await hear(stream);
            for (std::size_t at = 0; at < turn.size(); at += piece)
                (void)co_await stream.write(turn.substr(at, piece));
        }
        if (closes_at_once) co_return;
        (void)stream.shut_down();
        for (;;) {
            const bool more = co_await hear(stream);
            if (!more) co_return;
        }
    }

    awaitable<bool> hear(net::Stream& stream) {
        std::array<char, 65536> buffer;
        const auto size = co_await stream.read(asio::buffer(buffer));
        if (size) heard.append(buffer.data(), *size);
        co_return size.has_value();
    }

    awaitable<void> send(net::Stream stream, std::optional<proto::SmtpFailure>& failure) {
        ClientSettings settings;
        settings.smtp.name = "me";
        ClientParts parts;
        parts.next_mail = [this](const proto::SmtpCapabilities&) { return next_mail(); };
        parts.done = [this](const proto::MailOutcome& outcome) {
            delivered += outcome.failure ? 0 : 1;
        };
        parts.said = [this](const proto::TranscriptLine& line) {
            dialog += std::string(1, line.speaker) + ": " + line.text + "\n";
        };
        ClientSession session(stream, settings, parts);
        failure = co_await session.run();
        co_await stream.finish();
    }

    std::optional<OutgoingMail> next_mail() {
        if (mails-- == 0) return std::nullopt;
        OutgoingMail mail;
        mail.order.from = {"a", "x"};
        mail.order.to = {{"b", "x"}};
        mail.content = [pieces = pieces]() mutable {
            if (pieces.empty()) return std::string_view();
            last_piece = pieces.front();
            pieces.erase(pieces.begin());
            return std::string_view(last_piece);
        };
        return mail;
    }

    static inline std::string last_piece;
    std::vector<std::string> pieces = {"hel", "lo\r\n.", "dot"};
    int mails = 1;
    bool closes_at_once = false;
    int delivered = 0;
    std::string heard, dialog;
};

const std::vector<std::string> whole = {
    "220-x\r\n220 y\r\n",
    "250-x\r\n250 PIPELINING\r\n",
    "250 ok\r\n250 ok\r\n354 go\r\n",
    "250 ok\r\n221 bye\r\n",
};

// C2
TEST_F(ClientSessionTest, ReadsRepliesInAnyCut) {
    for (const std::size_t piece : {1, 2, 7, 13}) {
        heard.clear();
        mails = 1;
        delivered = 0;
        const auto failure = talk(whole, piece);
        EXPECT_FALSE(failure) << failure->text << piece;
        EXPECT_EQ(delivered, 1);
        EXPECT_EQ(heard,
                  "EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nhello\r\n..dot\r\n.\r\n"
                  "QUIT\r\n");
    }
}

TEST_F(ClientSessionTest, KeepsATranscript) {
    (void)talk(whole, 1000);
    EXPECT_TRUE(dialog.starts_with("S: 220-x\nS: 220 y\nC: EHLO me\nS: 250-x\n")) << dialog;
    EXPECT_NE(dialog.find("C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: <message of 11 bytes>\n"),
              dialog.npos)
        << dialog;
    EXPECT_TRUE(dialog.ends_with("C: QUIT\nS: 250 ok\nS: 221 bye\n")) << dialog;
}

TEST_F(ClientSessionTest, TakesNothingThatWasSaidBeforeItWasAskedFor) {
    const auto failure = talk({whole[0], whole[1] + "250 ok\r\n"}, 100);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind, proto::SmtpFailure::Kind::malformed);
    EXPECT_EQ(heard, "EHLO me\r\n");
}

// A server that hangs up in the middle of a long message has said why.
TEST_F(ClientSessionTest, HearsTheLastWords) {
    pieces.assign(200, std::string(60'000, 'x') + "\n");
    closes_at_once = true;
    const auto failure = talk({whole[0], whole[1], whole[2], "552 5.3.4 too long\r\n"}, 100);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, 552U) << failure->text;
    EXPECT_EQ(failure->step, proto::SmtpStep::message);
    EXPECT_EQ(delivered, 0);
}

TEST_F(ClientSessionTest, KnowsWhereItWasLost) {
    const auto failure = talk({whole[0], whole[1], "250 ok\r\n"}, 100);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind, proto::SmtpFailure::Kind::lost);
    EXPECT_EQ(failure->step, proto::SmtpStep::rcpt);
    EXPECT_EQ(delivered, 0);
}

}  // namespace
}  // namespace nettool::smtp
