#include "nettool/http/request_guard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::http {
namespace {

std::optional<Refusal> judge(std::string_view raw, RequestHead& head) {
    return judge_request(raw, HeadLimits(), head);
}

unsigned status_of(std::string_view raw) {
    RequestHead head;
    const auto refusal = judge(raw, head);
    return refusal ? refusal->status : 200;
}

std::string get(std::string_view fields) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

struct Row {
    std::string_view name;
    std::string raw;
    unsigned status;
};

void expect_statuses(std::initializer_list<Row> rows) {
    for (const auto& row : rows) EXPECT_EQ(status_of(row.raw), row.status) << row.name;
}

TEST(RequestGuard, ReadsAPlainRequest) {
    RequestHead head;
    const std::string raw = "GET /a?b=c HTTP/1.1\r\nHost: example.org:80\r\nX: \t y z \r\n\r\n";
    ASSERT_FALSE(judge(raw, head));
    EXPECT_EQ(head.method, "GET");
    EXPECT_EQ(head.target, "/a?b=c");
    EXPECT_EQ(head.minor_version, 1u);
    EXPECT_EQ(head.host, "example.org:80");
    EXPECT_EQ(head.fields.find("x"), "y z");
    EXPECT_EQ(head.framing.kind, Framing::Kind::none);
    EXPECT_TRUE(head.keep_alive);
}

TEST(RequestGuard, KnowsHowLongTheConnectionLives) {
    const auto stays = [](std::string_view version, std::string_view connection) {
        RequestHead head;
        const auto raw = "GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n" +
                         std::string(connection) + "\r\n";
        EXPECT_FALSE(judge(raw, head));
        return head.keep_alive;
    };
    EXPECT_TRUE(stays("1.1", ""));
    EXPECT_FALSE(stays("1.1", "Connection: Close\r\n"));
    EXPECT_FALSE(stays("1.1", "Connection: x , close\r\n"));
    EXPECT_FALSE(stays("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
    EXPECT_FALSE(stays("1.0", ""));
    EXPECT_TRUE(stays("1.0", "Connection: Keep-Alive\r\n"));
}

TEST(RequestGuard, TakesExactlyOneChunked) {
    expect_statuses({
        {"chunked", get("Transfer-Encoding: chunked\r\n"), 200},
        {"any case", get("Transfer-Encoding: ChUnKeD\r\n"), 200},
        {"gzip", get("Transfer-Encoding: gzip\r\n"), 501},
        {"gzip, chunked", get("Transfer-Encoding: gzip, chunked\r\n"), 501},
        {"identity", get("Transfer-Encoding: identity\r\n"), 501},
        {"unknown", get("Transfer-Encoding: xchunked\r\n"), 501},
        {"chunked not last", get("Transfer-Encoding: chunked, gzip\r\n"), 400},
        {"chunked twice", get("Transfer-Encoding: chunked, chunked\r\n"), 400},
        {"empty", get("Transfer-Encoding:\r\n"), 400},
        {"an empty member", get("Transfer-Encoding: chunked,\r\n"), 400},
        {"quoted", get("Transfer-Encoding: \"chunked\"\r\n"), 400},
        {"vertical tab", get("Transfer-Encoding: \vchunked\r\n"), 400},
        {"repeated", get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
        {"repeated, another", get("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"), 400},
        {"then a length", get("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
        {"behind a length", get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
        {"HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    });
}

TEST(RequestGuard, TakesOneContentLengthOfDigits) {
    expect_statuses({
        {"zero", get("Content-Length: 0\r\n"), 200},
        {"leading zeros", get("Content-Length: 0005\r\n"), 200},
        {"19 digits", get("Content-Length: 9223372036854775807\r\n"), 200},
        {"2^63", get("Content-Length: 9223372036854775808\r\n"), 400},
        {"20 digits", get("Content-Length: 00000000000000000005\r\n"), 400},
        {"plus", get("Content-Length: +5\r\n"), 400},
        {"minus", get("Content-Length: -5\r\n"), 400},
        {"hexadecimal", get("Content-Length: 0x5\r\n"), 400},
        {"a blank inside", get("Content-Length: 1 2\r\n"), 400},
        {"a list", get("Content-Length: 5, 5\r\n"), 400},
        {"empty", get("Content-Length:\r\n"), 400},
        {"repeated", get("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
    });
}

TEST(RequestGuard, WantsExactlyOneHost) {
    const auto with = [](std::string_view host) {
        return "GET / HTTP/1.1\r\n" + std::string(host) + "\r\n";
    };
    expect_statuses({
        {"a name", with("Host: a.example\r\n"), 200},
        {"an address", with("host: [::1]:8080\r\n"), 200},
        {"none", with(""), 400},
        {"none in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 200},
        {"two", with("Host: a\r\nHost: a\r\n"), 400},
        {"two in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"empty", with("Host:\r\n"), 400},
        {"a list", with("Host: a, b\r\n"), 400},
        {"user info", with("Host: u@a\r\n"), 400},
        {"a path", with("Host: a/b\r\n"), 400},
        {"a bad port", with("Host: a:b\r\n"), 400},
        {"no name", with("Host: :80\r\n"), 400},
        {"a blank", with("Host: a b\r\n"), 400},
        {"an open bracket", with("Host: [::1\r\n"), 400},
    });
}

TEST(RequestGuard, LetsTheAuthorityOfAnAbsoluteTargetAgreeWithHost) {
    RequestHead head;
    const std::string raw = "GET http://A.example:81/p?q HTTP/1.1\r\nHost: a.example:81\r\n\r\n";
    ASSERT_FALSE(judge(raw, head));
    EXPECT_EQ(head.host, "A.example:81");
    EXPECT_EQ(head.target, "/p?q");
    ASSERT_FALSE(judge("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", head));
    EXPECT_EQ(head.target, "/");
    ASSERT_FALSE(judge("OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n", head));
    EXPECT_EQ(head.target, "*");
    expect_statuses({
        {"another host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"user info", "GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n", 400},
        {"no host", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"relative", "GET a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    });
}

TEST(RequestGuard, RefusesWhatAnotherServerMightReadDifferently) {
    using namespace std::string_literals;
    expect_statuses({
        {"a folded line", get("X: a\r\n b\r\n"), 400},
        {"a blank before the colon", get("X : a\r\n"), 400},
        {"a blank before the name", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"NUL in a value", get("X: a\0b\r\n"s), 400},
        {"CR in a value", get("X: a\rb\r\n"), 400},
        {"no colon", get("X\r\n"), 400},
        {"no name", get(": a\r\n"), 400},
        {"a name that is no token", get("X(: a\r\n"), 400},
        {"NUL in a name", get("X\0: a\r\n"s), 400},
        {"DEL in a value", get("X: \x7f\r\n"), 400},
        {"obs-text in a value", get("X: \xe4\r\n"), 200},
    });
}

TEST(RequestGuard, JudgesTheRequestLine) {
    const auto line = [](std::string_view text) {
        return std::string(text) + "\r\nHost: a\r\n\r\n";
    };
    expect_statuses({
        {"a control byte", line("GET /\x01 HTTP/1.1"), 400},
        {"not ASCII", line("GET /\xc3\xa4 HTTP/1.1"), 400},
        {"a fragment", line("GET /#a HTTP/1.1"), 400},
        {"a backslash", line("GET /a\\b HTTP/1.1"), 400},
        {"a blank inside", line("GET /a b HTTP/1.1"), 400},
        {"two blanks", line("GET  / HTTP/1.1"), 400},
        {"no target", line("GET HTTP/1.1"), 400},
        {"an empty target", line("GET  HTTP/1.1"), 400},
        {"a star", line("GET * HTTP/1.1"), 400},
        {"a star with OPTIONS", line("OPTIONS * HTTP/1.1"), 200},
        {"a method that is no token", line("G(T / HTTP/1.1"), 400},
        {"CONNECT", line("CONNECT a:443 HTTP/1.1"), 405},
        {"TRACE", line("TRACE / HTTP/1.1"), 405},
        {"HTTP/0.9", line("GET /"), 400},
        {"HTTP/1.2", line("GET / HTTP/1.2"), 505},
        {"HTTP/2.0", "PRI * HTTP/2.0\r\n\r\n", 505},
        {"no HTTP", line("GET / HTCPCP/1.0"), 400},
        {"lower case", line("GET / http/1.1"), 400},
        {"too many digits", line("GET / HTTP/1.10"), 400},
        {"the longest target", line("GET /" + std::string(8191, 'a') + " HTTP/1.1"), 200},
        {"too long a target", line("GET /" + std::string(8192, 'a') + " HTTP/1.1"), 414},
    });
}

TEST(RequestGuard, CountsTheFields) {
    std::string fields;
    for (int i = 0; i < 99; ++i) fields += "X: a\r\n";
    EXPECT_EQ(status_of(get(fields)), 200u);
    EXPECT_EQ(status_of(get(fields + "X: a\r\n")), 431u);
}

TEST(RequestGuard, KnowsOneExpectation) {
    RequestHead head;
    ASSERT_FALSE(judge(get("Content-Length: 1\r\nExpect: 100-Continue\r\n"), head));
    EXPECT_TRUE(head.expects_continue);
    ASSERT_FALSE(judge(get("Expect: 100-continue\r\n"), head));
    EXPECT_FALSE(head.expects_continue) << "there is no body to wait for";
    EXPECT_EQ(status_of(get("Expect: tea\r\n")), 417u);
    EXPECT_EQ(status_of("GET / HTTP/1.0\r\nExpect: tea\r\n\r\n"), 200u);
}

TEST(RequestGuard, LeavesTheTargetToAProxy) {
    const auto judge = [](const std::string& raw) {
        RequestHead head;
        const auto refusal = judge_request(raw, HeadLimits(), head, Recipient::proxy);
        return refusal ? std::to_string(refusal->status) : std::string(head.target);
    };
    EXPECT_EQ(judge("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n"), "h:443");
    EXPECT_EQ(judge("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n"), "http://a/");
    EXPECT_EQ(judge("GET http://a/ HTTP/1.1\r\n\r\n"), "400");
    EXPECT_EQ(judge("GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), "400");
    EXPECT_EQ(judge("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                    "Content-Length: 5\r\n\r\n"),
              "http://a/");
    EXPECT_EQ(judge("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                    "Content-Length: 05\r\n\r\n"),
              "400");
}

}  // namespace
}  // namespace nettool::http
