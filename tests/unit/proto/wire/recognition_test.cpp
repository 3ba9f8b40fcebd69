#include "nettool/proto/wire/recognition.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

/// Both sides of a conversation in turn.
class Talk {
public:
    explicit Talk(std::uint16_t port, bool is_tcp = true) : recognition_(is_tcp, port) {}

    std::string client(std::string_view bytes, bool behind_gap = false) {
        return read(Way::to_server, bytes, behind_gap);
    }
    std::string server(std::string_view bytes, bool behind_gap = false) {
        return read(Way::to_client, bytes, behind_gap);
    }
    std::string name() const { return recognition_.name(); }
    std::string summary() const { return recognition_.summary(); }

private:
    std::string read(Way way, std::string_view bytes, bool behind_gap) {
        return recognition_.read({way, bytes, behind_gap, time_ += 1ms});
    }

    Recognition recognition_;
    std::chrono::nanoseconds time_{0};
};

TEST(Recognition, FollowsHttp) {
    Talk talk(8080);
    EXPECT_EQ(talk.client("GET /a HTTP/1.1\r\nHost: x\r\n"), "");
    EXPECT_EQ(talk.name(), "HTTP");
    EXPECT_EQ(talk.client("\r\nHEAD /b HTTP/1.1\r\n\r\n"), "HTTP GET /a; HTTP HEAD /b");
    EXPECT_EQ(talk.server("HTTP/1.1 100 Continue\r\n\r\n"), "HTTP 100 Continue");
    EXPECT_EQ(
        talk.server("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nHT"),
        "HTTP 200 OK, text/plain, 5 B");
    EXPECT_EQ(talk.server("TP/HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n"),
              "HTTP 404 Not Found, 9 B");
    EXPECT_EQ(talk.client("POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
              "HTTP POST /c, in chunks");
    EXPECT_EQ(talk.client("0\r\n\r\nGET /d HTTP/1.1\r\n\r\n"), "HTTP GET /d");
    EXPECT_EQ(talk.server("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\nto the end"),
              "HTTP 204 No Content; HTTP 200 OK");
    EXPECT_EQ(talk.server("HTTP/1.1 200 OK\r\n\r\n"), "") << "still the body";
}

TEST(Recognition, FindsTheNextHttpMessageBehindAGap) {
    Talk talk(80);
    talk.client("GET /a HTTP/1.1\r\n\r\n");
    talk.server("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nbegin");
    EXPECT_EQ(talk.server("middle", true), "");
    EXPECT_EQ(talk.server("HTTP/1.1 304 Not Modified\r\n\r\n"), "HTTP 304 Not Modified");
}

TEST(Recognition, EscapesWhatItShows) {
    Talk talk(80);
    EXPECT_EQ(talk.client("GET /\x1b[2J HTTP/1.1\r\n\r\n"), "HTTP GET /\\x1b[2J");
}

// A ClientHello of TLS 1.3 as a client writes it, but for most of its extensions.
std::string client_hello() {
    const auto name = "\0\0\0\x0e\0\x0c\0\0\x09localhost"s;
    const auto versions = "\0\x2b\0\5\4\3\4\3\3"s;
    const auto alpn = "\0\x10\0\x0b\0\x09\x08http/1.1"s;
    const auto extensions = name + versions + alpn;
    auto body = "\3\3"s + std::string(32, 'r') + "\0\0\2\x13\1\1\0"s;
    body += "\0"s + static_cast<char>(extensions.size()) + extensions;
    const auto message = "\1\0\0"s + static_cast<char>(body.size()) + body;
    return "\x16\3\1\0"s + static_cast<char>(message.size()) + message;
}

std::string server_hello() {
    const auto body = "\3\3"s + std::string(32, 's') + "\0\x13\1\0\0\6\0\x2b\0\2\3\4"s;
    const auto message = "\2\0\0"s + static_cast<char>(body.size()) + body;
    return "\x16\3\3\0"s + static_cast<char>(message.size()) + message;
}

TEST(Recognition, NamesTheMessagesOfTls) {
    Talk talk(8443);
    const auto hello = client_hello();
    EXPECT_EQ(talk.client(hello.substr(0, 20)), "");
    EXPECT_EQ(talk.client(hello.substr(20)),
              "TLS ClientHello, server name localhost, version 1.3 and 1.2, ALPN http/1.1");
    EXPECT_EQ(talk.name(), "TLS");
    EXPECT_EQ(talk.server(server_hello() + "\x14\3\3\0\1\1"s + "\x17\3\3\0\5"s + "12345" +
                          "\x17\3\3\1\0"s),
              "TLS ServerHello, version 1.3, TLS_AES_128_GCM_SHA256; TLS ChangeCipherSpec; "
              "TLS application data, 2 records, 261 B");
    EXPECT_EQ(talk.client("\x15\3\3\0\2\2\x30"s), "TLS alert unknown_ca");
    Talk empty(443);
    empty.client(client_hello());
    EXPECT_EQ(empty.server("\x16\3\3\0\4\2\0\0\0"s),
              "TLS ServerHello, version 0x0000, cipher suite 0x0000");
}

TEST(Recognition, FollowsSmtpUpToStartTls) {
    Talk talk(2525);
    EXPECT_EQ(talk.server("220 mail.example ESMTP\r\n"), "SMTP 220 mail.example ESMTP");
    EXPECT_EQ(talk.client("EHLO me\r\n"), "SMTP EHLO me");
    EXPECT_EQ(talk.server("250-mail.example\r\n250-SIZE\r\n250 STARTTLS\r\n"),
              "SMTP 250 mail.example and 2 more lines");
    talk.client("DATA\r\n");
    EXPECT_EQ(talk.server("354 go\r\n"), "SMTP 354 go");
    EXPECT_EQ(talk.client("Subject: x\r\n\r\nQUIT\r\n.\r\n"), "SMTP end of the mail, 20 B");
    EXPECT_EQ(talk.client("BDAT 5 LAST\r\nabcdeNOOP\r\n"),
              "SMTP BDAT 5 LAST; SMTP end of a chunk of mail; SMTP NOOP");
    EXPECT_EQ(talk.client("STARTTLS\r\n"), "SMTP STARTTLS");
    EXPECT_EQ(talk.server("220 ready\r\n"), "SMTP 220 ready");
    EXPECT_TRUE(talk.client(client_hello()).starts_with("TLS ClientHello"));
}

TEST(Recognition, ReadsDns) {
    Talk talk(53, false);
    const auto question = "\1\2\1\0\0\1\0\0\0\0\0\0\7example\3org\0\0\1\0\1"s;
    EXPECT_EQ(talk.client(question), "DNS query A example.org");
    auto answer = question + "\xc0\x0c\0\1\0\1\0\0\0\7\0\4\xc0\0\2\1"s;
    answer[2] = '\x81';
    answer[7] = '\1';
    EXPECT_EQ(talk.server(answer), "DNS answer A 192.0.2.1");
    auto none = question;
    none[2] = '\x81';
    none[3] = '\3';
    EXPECT_EQ(talk.server(none), "DNS no such name A example.org");
    const auto loop = "\1\2\1\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1"s;
    EXPECT_EQ(talk.client(loop), "DNS query A .") << "a pointer to itself";
}

TEST(Recognition, JudgesTheExercises) {
    Talk sum(1234);
    EXPECT_EQ(sum.client("12|30|"), "");
    EXPECT_EQ(sum.client("."), "sum request");
    EXPECT_EQ(sum.server("42"), "sum answer 42, right");
    Talk wrong(1234);
    EXPECT_EQ(wrong.client("1|2|.3|4|."), "2 sum requests");
    EXPECT_EQ(wrong.server("3\n8\n"), "sum answer 3, right; sum answer 8, wrong: not 7");

    Talk add(5003);
    EXPECT_EQ(add.client("client-4821"), "");
    EXPECT_EQ(add.server("ack"), "add ack");
    EXPECT_EQ(add.client("3 7"), "add request");
    EXPECT_EQ(add.server("11"), "add answer 11, wrong: not 10");

    Talk lookup(5002);
    EXPECT_EQ(lookup.client(R"({"dictionary":{"a":1},"key":"a"})"), "look-up request");
    EXPECT_EQ(lookup.server(R"({"found":true,"value":1})"),
              R"(look-up answer {"found":true,"value":1}, right)");

    Talk greeting(5000);
    EXPECT_EQ(greeting.server("2026-10-05 14:03:22 +0000 127.0.0.1 54321\n"),
              "greeting: time, address and port of the client");
    EXPECT_EQ(greeting.name(), "greeting");

    Talk upper(5001);
    EXPECT_EQ(upper.client("hello\n"), "");
    EXPECT_EQ(upper.server("HELLO\n"), "upper-case text, right");
    upper.client("again\n");
    EXPECT_EQ(upper.server("AGAiN\n"), "upper-case text, wrong");
}

TEST(Recognition, FollowsTheChat) {
    Talk talk(5001);
    EXPECT_EQ(talk.server("Welcome to the chat room! Please enter your identification: \n"),
              "chat question for an identification");
    EXPECT_EQ(talk.client("alice"), "chat identification alice");
    EXPECT_EQ(talk.server("Welcome, alice! 0 others here\n"), "chat welcome");
    EXPECT_EQ(talk.client("hi"), "chat message");
    EXPECT_EQ(talk.server("* bob joined\nbob: hi\n"), "chat notice; chat message of bob");
}

TEST(Recognition, CountsProbesThatWereLost) {
    Talk talk(12'000, false);
    EXPECT_EQ(talk.client("Ping 1 1700000000.5"), "probe 1");
    EXPECT_EQ(talk.server("Pong 1 1700000000.5"), "answer 1 after 1.000 ms");
    talk.client("Ping 2 1700000001.5");
    EXPECT_EQ(talk.server("PING 3 1700000001.5"), "answer 3 that nobody waits for");
    EXPECT_EQ(talk.summary(), "2 probes, 1 answered, lost: 2");
}

TEST(Recognition, GivesUpInBoundedMemory) {
    Recognition recognition(true, 9999);
    const std::string part(1000, '\x80');
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(recognition.read({Way::to_server, part, false, 0ns}), "");
    EXPECT_EQ(recognition.name(), "");
    EXPECT_LE(recognition.memory(), 100U);
}

}  // namespace
}  // namespace nettool::proto
