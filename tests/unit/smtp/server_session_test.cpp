#include "nettool/smtp/server_session.hpp"

#include "nettool/smtp/mailbox.hpp"
#include "support/stream_pair.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

namespace nettool::smtp {
namespace {

using test::TemporaryDirectory;

class ServerSessionTest : public testing::Test {
protected:
    // What the server says to all of this, which is sent in one piece and followed by the end.
    std::string replies_to(const std::string& text) { return replies_to_pieces({text}); }

    std::string replies_to_pieces(std::vector<std::string> pieces) {
        std::string heard;
        auto server = [this](net::Stream stream) -> awaitable<void> {
            return serve(std::move(stream));
        };
        auto client = [&](net::Stream stream) -> awaitable<void> {
            return speak(std::move(stream), std::move(pieces), heard);
        };
        test::converse(server, {}, client, {});
        return heard;
    }

    awaitable<void> serve(net::Stream stream) {
        SessionSettings settings;
        settings.smtp = smtp;
        settings.tls = [] { return net::server_tls({}, {}).context; };
        SessionParts parts;
        parts.store = &store;
        parts.said = [this](const proto::TranscriptLine& line) {
            dialog += std::string(1, line.speaker) + ": " + line.text + "\n";
        };
        ServerSession session(stream, settings, parts);
        co_await session.run();
        co_await stream.finish();
    }

    static awaitable<void> speak(net::Stream stream, std::vector<std::string> pieces,
                                 std::string& heard) {
        for (const auto& piece : pieces) (void)co_await stream.write(piece);
        (void)stream.shut_down();
        std::array<char, 4096> buffer;
        for (;;) {
            const auto size = co_await stream.read(asio::buffer(buffer));
            if (!size) co_return;
            heard.append(buffer.data(), *size);
        }
    }

    static awaitable<void> hear(net::Stream& stream, std::string_view last, std::string& heard) {
        std::array<char, 4096> buffer;
        while (heard.find(last) == heard.npos) {
            const auto size = co_await stream.read(asio::buffer(buffer));
            if (!size) co_return;
            heard.append(buffer.data(), *size);
        }
    }

    static awaitable<void> inject(net::Stream stream, std::string& heard) {
        (void)co_await stream.write("EHLO me\r\nSTARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@x>\r\n");
        co_await hear(stream, "220 2.0.0", heard);
        co_await test::shake_hands(stream, true);
        (void)co_await stream.write("MAIL FROM:<a@b>\r\nNOOP\r\nQUIT\r\n");
        co_await hear(stream, "221 ", heard);
    }

    // Only the codes, one behind the other.
    static std::string codes(std::string_view replies) {
        std::string text;
        while (!replies.empty()) {
            const auto line = replies.substr(0, replies.find("\r\n"));
            replies.remove_prefix(std::min(line.size() + 2, replies.size()));
            if (line.size() > 3 && line[3] == ' ') text.append(line.substr(0, 3)).append(" ");
        }
        return text;
    }

    std::string stored() const {
        std::string all;
        const Mailbox mailbox(directory.file("mail"));
        for (const auto& mail : mailbox.all()) all += mailbox.message(mail, 1UL << 30) + "|";
        return all;
    }

    TemporaryDirectory directory;
    MailStore store{directory.file("mail")};
    proto::SmtpSettings smtp;
    std::string dialog;
};

const std::string begin = "EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n";

TEST_F(ServerSessionTest, StoresAMessageThatComesInOnePiece) {
    const auto replies = replies_to(begin + "DATA\r\nSubject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n");
    EXPECT_EQ(codes(replies), "220 250 250 250 354 250 221 ");
    EXPECT_EQ(stored(), "Subject: x\r\n\r\n.dot\r\n|");
    EXPECT_NE(dialog.find("S: 354 "), dialog.npos);
    EXPECT_NE(dialog.find("C: <message of 20 bytes>\n"), dialog.npos) << dialog;
}

TEST_F(ServerSessionTest, StoresTheSameInSingleBytes) {
    std::vector<std::string> pieces;
    for (const char c : begin + "DATA\r\nhello\r\n.\r\nQUIT\r\n") pieces.emplace_back(1, c);
    EXPECT_EQ(codes(replies_to_pieces(pieces)), "220 250 250 250 354 250 221 ");
    EXPECT_EQ(stored(), "hello\r\n|");
}

TEST_F(ServerSessionTest, StoresNothingThatIsNotWhole) {
    EXPECT_EQ(codes(replies_to(begin + "DATA\r\nhello\r\n")), "220 250 250 250 354 ");
    EXPECT_EQ(codes(replies_to(begin + "BDAT 10\r\nabc")), "220 250 250 250 ");
    EXPECT_EQ(stored(), "");
    EXPECT_EQ(test::names_in(directory.file("mail/tmp")), "");
}

TEST_F(ServerSessionTest, TakesNoSmuggledMessage) {
    const auto replies = replies_to(begin + "DATA\r\nx\n.\nMAIL FROM:<evil@x>\r\n.\r\nQUIT\r\n");
    EXPECT_EQ(codes(replies), "220 250 250 250 354 250 221 ");
    EXPECT_EQ(stored(), "x\n.\nMAIL FROM:<evil@x>\r\n|") << "one message, byte for byte";
}

TEST_F(ServerSessionTest, ReadsWhatIsTooLongToItsEnd) {
    smtp.max_size = 100;
    const auto replies = replies_to(begin + "DATA\r\nRSET\r\n" + std::string(5000, 'x') +
                                    "\r\n.\r\nNOOP\r\nQUIT\r\n");
    EXPECT_EQ(codes(replies), "220 250 250 250 354 552 250 221 ");
    EXPECT_EQ(stored(), "");
}

TEST_F(ServerSessionTest, BoundsCommands) {
    const auto replies =
        replies_to("EHLO me\r\nNOOP " + std::string(70'000, 'x') + "\r\nNOOP\r\nQUIT\r\n");
    EXPECT_EQ(codes(replies), "220 250 500 250 221 ");
    const auto fits = replies_to("NOOP " + std::string(505, 'x') + "\r\nQUIT\r\n");
    EXPECT_EQ(codes(fits), "220 250 221 ") << "512 octets must fit";
}

TEST_F(ServerSessionTest, TakesChunks) {
    const auto replies = replies_to(begin + "BDAT 6\r\n.a\r\n.\nBDAT 3 LAST\r\nb\r\nQUIT\r\n");
    EXPECT_EQ(codes(replies), "220 250 250 250 250 250 221 ");
    EXPECT_EQ(stored(), ".a\r\n.\nb\r\n|") << "dots are dots";
    const auto early = replies_to("EHLO me\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\nQUIT\r\n");
    EXPECT_EQ(codes(early), "220 250 503 250 221 ") << "the chunk is no command";
}

TEST_F(ServerSessionTest, KeepsNothingOfChunksThatWereGivenUp) {
    const auto replies = replies_to(begin + "BDAT 3\r\nabcRSET\r\nMAIL FROM:<a@b>\r\n" +
                                    "RCPT TO:<c@d>\r\nBDAT 1 LAST\r\ndQUIT\r\n");
    EXPECT_EQ(codes(replies), "220 250 250 250 250 250 250 250 250 221 ");
    EXPECT_EQ(stored(), "d|");
}

TEST_F(ServerSessionTest, SaysWhyTheDiskWouldNot) {
    std::filesystem::remove_all(directory.file("mail/envelopes"));
    const auto replies = replies_to(begin + "DATA\r\nx\r\n.\r\nQUIT\r\n");
    EXPECT_EQ(codes(replies), "220 250 250 250 354 451 221 ");
    EXPECT_EQ(stored(), "");
}

// CVE-2011-0411: what is said in the clear behind STARTTLS must not be heard over TLS.
TEST_F(ServerSessionTest, ThrowsAwayWhatCameBeforeTls) {
    std::string heard;
    auto server = [this](net::Stream stream) -> awaitable<void> {
        return serve(std::move(stream));
    };
    auto client = [&heard](net::Stream stream) -> awaitable<void> {
        return inject(std::move(stream), heard);
    };
    test::converse(server, {}, client, {});
    EXPECT_EQ(codes(heard), "220 250 220 503 250 221 ") << "EHLO has to be said again";
    EXPECT_EQ(stored(), "");
    EXPECT_EQ(dialog.find("evil"), dialog.npos);
}

}  // namespace
}  // namespace nettool::smtp
