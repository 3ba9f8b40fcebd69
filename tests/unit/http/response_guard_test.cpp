#include "nettool/http/response_guard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::http {
namespace {

std::string_view judge(std::string_view raw, ResponseHead& head, std::string_view method = "GET") {
    return judge_response(raw, method, HeadLimits(), head);
}

std::string ok(std::string_view fields) {
    return "HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n";
}

bool is_sound(std::string_view raw) {
    ResponseHead head;
    return judge(raw, head).empty();
}

TEST(ResponseGuard, ReadsAPlainResponse) {
    ResponseHead head;
    const std::string raw = "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nX: y\r\n\r\n";
    ASSERT_EQ(judge(raw, head), "");
    EXPECT_EQ(head.status, 404u);
    EXPECT_EQ(head.reason, "Not Found");
    EXPECT_EQ(head.fields.find("x"), "y");
    EXPECT_EQ(head.framing.kind, Framing::Kind::length);
    EXPECT_EQ(head.framing.length, 3u);
    EXPECT_TRUE(head.keep_alive);
}

TEST(ResponseGuard, IsLenientWhereNothingIsInDoubt) {
    EXPECT_TRUE(is_sound("HTTP/1.1 200\r\n\r\n"));
    EXPECT_TRUE(is_sound("HTTP/1.0 200 \r\n\r\n"));
    EXPECT_TRUE(is_sound("HTTP/1.1 200 OK\nServer: by hand\n\n"));
    EXPECT_TRUE(is_sound(ok("X: a\r\n folded\r\nY: b\r\n")));
}

TEST(ResponseGuard, RefusesEveryOtherStatusLine) {
    for (const auto* line :
         {"", "OK", "HTTP/0.9 200 OK", "HTTP/2 200", "HTTP/1.1 20 OK", "HTTP/1.1 2000",
          "HTTP/1.1 099 x", "HTTP/1.1 600 x", "HTTP/1.1  200 OK", "ICY 200 OK",
          "HTTP/1.1 200 a\x01", "<html>", "http/1.1 200 OK"})
        EXPECT_FALSE(is_sound(std::string(line) + "\r\n\r\n")) << line;
}

TEST(ResponseGuard, BelievesOneLength) {
    EXPECT_TRUE(is_sound(ok("Content-Length: 5\r\nContent-Length: 5\r\n")));
    EXPECT_TRUE(is_sound(ok("Content-Length: 5, 5\r\n")));
    EXPECT_FALSE(is_sound(ok("Content-Length: 5\r\nContent-Length: 6\r\n")));
    EXPECT_FALSE(is_sound(ok("Content-Length: 5, 6\r\n")));
    for (const auto* length : {"+5", "-5", "5a", "0x5", "", "5 5", "99999999999999999999"})
        EXPECT_FALSE(is_sound(ok("Content-Length: " + std::string(length) + "\r\n"))) << length;
}

TEST(ResponseGuard, PrefersChunkedToALengthAndThenLeaves) {
    ResponseHead head;
    ASSERT_EQ(judge(ok("Content-Length: 5\r\nTransfer-Encoding: Chunked\r\n"), head), "");
    EXPECT_EQ(head.framing.kind, Framing::Kind::chunked);
    EXPECT_FALSE(head.keep_alive);
    ASSERT_EQ(judge(ok("Transfer-Encoding: chunked\r\n"), head), "");
    EXPECT_TRUE(head.keep_alive);
    EXPECT_FALSE(is_sound(ok("Transfer-Encoding: gzip, chunked\r\n")));
    EXPECT_FALSE(is_sound(ok("Transfer-Encoding: gzip\r\n")));
    EXPECT_FALSE(is_sound(ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")));
}

TEST(ResponseGuard, ReadsToTheEndWhereNothingIsAnnounced) {
    ResponseHead head;
    ASSERT_EQ(judge(ok(""), head), "");
    EXPECT_EQ(head.framing.kind, Framing::Kind::until_close);
    EXPECT_FALSE(head.keep_alive);
}

TEST(ResponseGuard, KnowsTheResponsesWithoutABody) {
    ResponseHead head;
    for (const auto* status : {"100", "103", "204", "304"}) {
        const auto raw = "HTTP/1.1 " + std::string(status) + " x\r\nContent-Length: 5\r\n\r\n";
        ASSERT_EQ(judge(raw, head), "") << status;
        EXPECT_EQ(head.framing.kind, Framing::Kind::none) << status;
    }
    ASSERT_EQ(judge(ok("Content-Length: 5\r\n"), head, "HEAD"), "");
    EXPECT_EQ(head.framing.kind, Framing::Kind::none);
    EXPECT_TRUE(head.keep_alive);
}

TEST(ResponseGuard, FollowsOneLocation) {
    EXPECT_TRUE(is_sound(ok("Location: /a\r\nLocation: /a\r\n")));
    EXPECT_FALSE(is_sound(ok("Location: /a\r\nLocation: /b\r\n")));
}

TEST(ResponseGuard, IsStrictForWhoPassesTheAnswerOn) {
    const auto fault = [](std::string_view raw) {
        ResponseHead head;
        return judge_response(raw, "GET", HeadLimits(), head, Strictness::strict);
    };
    EXPECT_EQ(fault("HTTP/1.1 200 \r\n\r\n"), "");
    EXPECT_EQ(fault("HTTP/1.1 200\r\n\r\n"), "no blank follows the status");
    EXPECT_EQ(fault(ok("X: a\r\n folded\r\n")), "a field is folded over lines");
    EXPECT_EQ(fault(ok("X : a\r\n")), "a field name ends in a blank");
}

}  // namespace
}  // namespace nettool::http
