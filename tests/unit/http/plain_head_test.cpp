#include "nettool/http/plain_head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::http {
namespace {

std::optional<std::size_t> read(std::string_view bytes, RequestHead& head) {
    return read_plain_head(bytes, HeadLimits(), head);
}

TEST(PlainHead, IsReadInOnePass) {
    const std::string first =
        "GET /a%20b?c HTTP/1.1\r\nHOST: a:80\r\nAccept: \t*/* \r\nX-Empty:\r\n\r\n";
    RequestHead head;
    const auto two = first + "GET /next HTTP/1.1\r\n";
    ASSERT_EQ(read(two, head), first.size());
    EXPECT_EQ(head.method, "GET");
    EXPECT_EQ(head.target, "/a%20b?c");
    EXPECT_EQ(head.host, "a:80");
    EXPECT_EQ(head.fields.find("accept"), "*/*");
    EXPECT_EQ(head.fields.find("x-empty"), "");
    EXPECT_EQ(head.fields.size(), 3u);
    EXPECT_TRUE(head.keep_alive);
    EXPECT_TRUE(read("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", head));
    EXPECT_EQ(head.method, "HEAD");
    EXPECT_EQ(head.fields.size(), 1u) << "nothing of the one before";
}

// The judge may take it or refuse it; here it is not looked at closely enough to say.
TEST(PlainHead, LeavesTheUnusualToTheJudge) {
    RequestHead head;
    for (const std::string_view line :
         {"POST / HTTP/1.1", "get / HTTP/1.1", "GET / HTTP/1.0", "GET  / HTTP/1.1",
          "GET /\x7f HTTP/1.1", "GET http://a/ HTTP/1.1", "GET /# HTTP/1.1", "GET /\\ HTTP/1.1",
          "GET / HTTP/1.1 ", "GETS / HTTP/1.1", "HEAD* HTTP/1.1", ""})
        EXPECT_FALSE(read(std::string(line) + "\r\nHost: a\r\n\r\n", head)) << line;
    for (const std::string_view fields :
         {"", "Host: a\r\nHost: a\r\n", "Host: a, b\r\n", "Host:\r\n", "Host : a\r\n", "Host: a\n",
          "Host: a\r\n x\r\n", "Host: a\r\n: x\r\n", "Host: a\r\nConnection: keep-alive\r\n",
          "Host: a\r\nContent-Length: 0\r\n", "Host: a\r\ntransfer-ENCODING: x\r\n",
          "Host: a\r\nExpect: 100-continue\r\n", "Host: a\r\nX: \x01\r\n"})
        EXPECT_FALSE(read("GET / HTTP/1.1\r\n" + std::string(fields) + "\r\n", head)) << fields;
    std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 100; ++i) many += "A: b\r\n";
    EXPECT_FALSE(read(many + "\r\n", head));
    EXPECT_FALSE(read("GET /" + std::string(4000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", head));
}

TEST(PlainHead, WaitsForTheWhole) {
    const std::string whole = "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n";
    RequestHead head;
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(read(whole.substr(0, size), head)) << size;
    EXPECT_TRUE(read(whole, head));
}

}  // namespace
}  // namespace nettool::http
