#include "nettool/proxy/heads.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::proxy {
namespace {

using http::Framing;

// What the server gets of such a request; or the refusal, as `400`.
std::string sent(const std::string& raw, RequestChanges changes = {}) {
    http::RequestHead request;
    const auto refusal =
        http::judge_request(raw, http::HeadLimits(), request, http::Recipient::proxy);
    if (refusal) return std::to_string(refusal->status);
    Destination to;
    if (auto no = read_destination(request, Style::forward, to)) return std::to_string(no->status);
    changes.pseudonym = "us";
    std::string text;
    append_request_head(text, request, to, changes);
    return text;
}

std::string get(const std::string& fields) {
    return sent("GET http://h/ HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
}

// Of an answer as the client gets it.
std::string passed(const std::string& raw, std::string_view method = "GET",
                   ResponseChanges changes = {}) {
    http::ResponseHead response;
    const auto fault = http::judge_response(raw, method, http::HeadLimits(), response);
    if (!fault.empty()) return std::string(fault);
    changes.pseudonym = "us";
    changes.framing = response.framing;
    std::string text;
    append_response_head(text, response, method, changes);
    return text;
}

TEST(RequestHead, SaysWhereItGoesByItsTarget) {
    EXPECT_EQ(sent("GET http://h:81/a?b HTTP/1.1\r\nHost: evil\r\nX: y\r\n\r\n"),
              "GET /a?b HTTP/1.1\r\nHost: h:81\r\nX: y\r\nVia: 1.1 us\r\n\r\n");
}

TEST(RequestHead, OfHttp10GetsWhatHttp11Wants) {
    EXPECT_EQ(sent("GET http://h/ HTTP/1.0\r\n\r\n"),
              "GET / HTTP/1.1\r\nHost: h\r\nVia: 1.0 us\r\n\r\n");
}

TEST(RequestHead, LeavesOutWhatConcernsTheConnectionOnly) {
    const std::string bare = "GET / HTTP/1.1\r\nHost: h\r\nVia: 1.1 us\r\n\r\n";
    EXPECT_EQ(get("Connection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
                  "Proxy-Connection: keep-alive\r\nTE: trailers\r\nUpgrade: h2c\r\n"
                  "HTTP2-Settings: AAA\r\nProxy-Authorization: Basic eDp5\r\nTrailer: X\r\n"),
              bare);
    EXPECT_EQ(get("Connection: Host, Content-Length\r\n"), bare);
    EXPECT_EQ(get("Connection: x-a\r\nConnection: , x-b\r\nX-A: 1\r\nx-b: 2\r\n"), bare);
}

TEST(RequestHead, SaysItsLengthOnce) {
    const auto post = [](const std::string& fields) {
        return sent("POST http://h/ HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
    };
    const std::string begin = "POST / HTTP/1.1\r\nHost: h\r\nVia: 1.1 us\r\n";
    EXPECT_EQ(post("Content-Length: 5\r\nContent-Length: 5\r\n"),
              begin + "Content-Length: 5\r\n\r\n");
    EXPECT_EQ(post("Content-Length: 0\r\n"), begin + "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(post("Content-Length: 0005\r\nConnection: content-length\r\n"),
              begin + "Content-Length: 5\r\n\r\n");
    EXPECT_EQ(post("Transfer-Encoding: Chunked\r\nTrailer: X-T\r\n"),
              "POST / HTTP/1.1\r\nHost: h\r\nTrailer: X-T\r\nVia: 1.1 us\r\n"
              "Transfer-Encoding: chunked\r\n\r\n");
    EXPECT_EQ(post("Content-Length: 5\r\nContent-Length: 6\r\n"), "400");
    EXPECT_EQ(post("Content-Length: 5, 5\r\n"), "400");
}

TEST(RequestHead, PassesWebSocketOnAndNoOtherProtocol) {
    const auto text = get("Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n");
    EXPECT_TRUE(text.ends_with("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")) << text;
    for (const auto* fields :
         {"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n", "Upgrade: websocket\r\n",
          "Upgrade: websocket, h2c\r\nConnection: Upgrade\r\n",
          "Upgrade: websocket\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"})
        EXPECT_EQ(get(fields).find("Upgrade"), std::string::npos) << fields;
}

TEST(RequestHead, ExpectsWhatTheClientExpects) {
    const auto text = sent(
        "PUT http://h/ HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
        "Content-Length: 3\r\n\r\n");
    EXPECT_NE(text.find("\r\nExpect: 100-continue\r\n"), text.npos);
    EXPECT_EQ(get("Expect: 100-continue\r\n").find("Expect"), std::string::npos);
    EXPECT_EQ(get("Expect: tea\r\n"), "417");
}

TEST(RequestHead, CountsDownWhereItMayGoOn) {
    RequestChanges changes;
    changes.max_forwards = 2;
    const auto text =
        sent("OPTIONS http://h/ HTTP/1.1\r\nHost: h\r\nMax-Forwards: 3\r\n\r\n", changes);
    EXPECT_NE(text.find("\r\nMax-Forwards: 2\r\n"), text.npos);
    EXPECT_EQ(text.find("Max-Forwards: 3"), text.npos);
    EXPECT_NE(get("Max-Forwards: 7\r\n").find("Max-Forwards: 7"), std::string::npos);
}

TEST(RequestHead, TracesNoSecrets) {
    const auto text = sent(
        "TRACE http://h/ HTTP/1.1\r\nHost: h\r\nCookie: a=b\r\n"
        "Authorization: Basic eDp5\r\nX: y\r\n\r\n");
    EXPECT_EQ(text, "TRACE / HTTP/1.1\r\nHost: h\r\nX: y\r\nVia: 1.1 us\r\n\r\n");
}

TEST(RequestHead, TellsAnotherProxyTheWholeUrl) {
    RequestChanges changes;
    changes.whole_url = true;
    changes.proxy_credentials = "Basic eDp5";
    EXPECT_EQ(sent("GET http://u:p@h/x HTTP/1.1\r\nHost: h\r\n\r\n", changes),
              "GET http://h/x HTTP/1.1\r\nHost: h\r\nVia: 1.1 us\r\n"
              "Proxy-Authorization: Basic eDp5\r\n\r\n");
    EXPECT_TRUE(sent("OPTIONS http://h HTTP/1.1\r\nHost: h\r\n\r\n", changes)
                    .starts_with("OPTIONS http://h HTTP/1.1\r\n"));
}

TEST(RequestHead, IsJudgedAsOneAgainByWhoeverGetsIt) {
    const auto text = get("A: b\r\nCookie: c=d\r\nB: \x80\xff\r\n");
    http::RequestHead again;
    ASSERT_FALSE(http::judge_request(text, http::HeadLimits(), again));
    EXPECT_EQ(again.target, "/");
    EXPECT_EQ(again.fields.size(), 5u);
}

TEST(ResponseHead, LosesWhatConcernsTheConnectionOnly) {
    EXPECT_EQ(passed("HTTP/1.0 200 fine\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n"
                     "Keep-Alive: x\r\nProxy-Connection: close\r\nContent-Length: 3, 3\r\n"
                     "A: b\r\n\r\n"),
              "HTTP/1.1 200 fine\r\nA: b\r\nVia: 1.0 us\r\nContent-Length: 3\r\n\r\n");
}

TEST(ResponseHead, WithoutABodySaysWhatThereWouldBe) {
    const std::string raw = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n";
    EXPECT_EQ(passed(raw, "HEAD"), "HTTP/1.1 200 OK\r\nVia: 1.1 us\r\nContent-Length: 7\r\n\r\n");
    for (const std::string status : {"204 No Content", "103 Early Hints"})
        EXPECT_EQ(passed("HTTP/1.1 " + status + "\r\nContent-Length: 7\r\nLink: x\r\n\r\n"),
                  "HTTP/1.1 " + status + "\r\nLink: x\r\nVia: 1.1 us\r\n\r\n");
    EXPECT_EQ(passed("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"),
              "HTTP/1.1 304 Not Modified\r\nVia: 1.1 us\r\nContent-Length: 7\r\n\r\n");
    EXPECT_EQ(passed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HEAD"),
              "HTTP/1.1 200 OK\r\nVia: 1.1 us\r\n\r\n");
}

TEST(ResponseHead, GetsTheDateThatTheServerDoesNotSay) {
    ResponseChanges changes;
    changes.date = "now";
    EXPECT_NE(passed("HTTP/1.1 204 x\r\n\r\n", "GET", changes).find("\r\nDate: now\r\n"),
              std::string::npos);
    EXPECT_EQ(passed("HTTP/1.1 204 x\r\nDate: then\r\n\r\n", "GET", changes).find("now"),
              std::string::npos);
}

TEST(ResponseHead, OfAReverseProxyLeadsBackToIt) {
    ResponseChanges changes;
    changes.origin = "http://inner:81";
    changes.own_origin = "https://outer";
    const auto to = [&](const std::string& location) {
        const auto text =
            passed("HTTP/1.1 302 x\r\nContent-Length: 0\r\nLocation: " + location + "\r\n\r\n",
                   "GET", changes);
        const auto at = text.find("Location: ") + 10;
        return text.substr(at, text.find('\r', at) - at);
    };
    EXPECT_EQ(to("http://inner:81/x"), "https://outer/x");
    EXPECT_EQ(to("http://inner:81"), "https://outer");
    EXPECT_EQ(to("http://inner:8100/x"), "http://inner:8100/x");
    EXPECT_EQ(to("/x"), "/x");
}

TEST(Via, ShowsWhoHasPassedIt) {
    const auto has = [](const std::string& value) {
        http::Fields fields;
        fields.add({"via", value});
        return has_passed(fields, "us");
    };
    EXPECT_TRUE(has("1.1 us"));
    EXPECT_TRUE(has("1.0 other, HTTP/1.1  us (a comment)"));
    EXPECT_FALSE(has("1.1 uses, us 1.1"));
    EXPECT_FALSE(has("us"));
    EXPECT_FALSE(has(""));
}

}  // namespace
}  // namespace nettool::proxy
