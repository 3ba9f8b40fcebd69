#include "nettool/proxy/destination.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::proxy {
namespace {

struct Read {
    std::optional<http::Refusal> refusal;
    Destination to;
};

Read read(std::string_view method, std::string_view target, Style style = Style::forward) {
    http::RequestHead request;
    request.method = method;
    request.target = target;
    Read read;
    read.refusal = read_destination(request, style, read.to);
    return read;
}

TEST(Destination, OfAnAbsoluteUrl) {
    const auto [refusal, to] = read("GET", "http://h:81/a?b");
    ASSERT_FALSE(refusal);
    EXPECT_EQ(to.kind, Destination::Kind::server);
    EXPECT_FALSE(to.secured);
    EXPECT_EQ(to.host, "h");
    EXPECT_EQ(to.port, 81);
    EXPECT_EQ(to.authority, "h:81");
    EXPECT_EQ(to.target, "/a?b");
    EXPECT_EQ(to.url, "http://h:81/a?b");
}

TEST(Destination, HasThePortOfItsScheme) {
    EXPECT_EQ(read("GET", "http://h/").to.port, 80);
    EXPECT_EQ(read("GET", "HTTPS://h/").to.port, 443);
    EXPECT_TRUE(read("GET", "HTTPS://h/").to.secured);
    EXPECT_EQ(read("GET", "http://h:/").to.port, 80);
    EXPECT_EQ(read("GET", "http://h:/").to.authority, "h");
}

TEST(Destination, IsComparedAsOneHostHoweverItIsWritten) {
    EXPECT_EQ(read("GET", "http://WWW.Example.COM./").to.host, "www.example.com");
    EXPECT_EQ(read("GET", "http://[::1]:8080/").to.host, "::1");
    EXPECT_EQ(read("GET", "http://[::1]:8080/").to.authority, "[::1]:8080");
}

TEST(Destination, GetsThePathThatIsNotWritten) {
    EXPECT_EQ(read("GET", "http://h").to.target, "/");
    EXPECT_EQ(read("GET", "http://h?q").to.target, "/?q");
    EXPECT_EQ(read("OPTIONS", "http://h").to.target, "*");
    EXPECT_EQ(read("OPTIONS", "http://h/").to.target, "/");
}

TEST(Destination, KeepsNoUserAndPassword) {
    const auto to = read("GET", "http://u:p@h:8000/x").to;
    EXPECT_EQ(to.authority, "h:8000");
    EXPECT_EQ(to.url, "http://h:8000/x");
    EXPECT_EQ(read("GET", "http://a@b@h/").to.host, "h");
    EXPECT_EQ(read("GET", "http://h/a@b").to.url, "http://h/a@b");
}

TEST(Destination, OfATunnel) {
    const auto [refusal, to] = read("CONNECT", "h:443");
    ASSERT_FALSE(refusal);
    EXPECT_EQ(to.kind, Destination::Kind::tunnel);
    EXPECT_EQ(to.host, "h");
    EXPECT_EQ(to.port, 443);
    EXPECT_EQ(to.url, "h:443");
    for (const auto* target : {"h", "h:0", "h:99999", "h:65536", "[::1", "h:", ":443", "[]:443",
                               "h:4x", "http://h:443", "/h:443", "u@h:443", "h:443/", "h,i:443"})
        EXPECT_EQ(read("CONNECT", target).refusal->status, 400u) << target;
}

TEST(Destination, OfAnythingElseIsRefused) {
    for (const auto* target : {"ftp://h/", "file:///etc/passwd", "gopher://h/", "ws://h/"})
        EXPECT_EQ(read("GET", target).refusal->status, 501u) << target;
    for (const auto* target :
         {"/x", "x", "*", "//h/x", "http:/h/", "http:h", "http://", "http:///x", "http://h:0/",
          "http://h:99999/", "http://[::1/", "http://[zz]/", "http://[fe80::1%25eth0]/",
          "http://[1.2.3.4]/", "http://a,b/", "http://@/", "http://./", "1http://h/"})
        EXPECT_EQ(read("GET", target).refusal->status, 400u) << target;
}

TEST(Destination, IsTheProxyForAnAsterisk) {
    EXPECT_EQ(read("OPTIONS", "*").to.kind, Destination::Kind::proxy);
}

TEST(Destination, OfTheTextbooksPathInALab) {
    const auto to = read("GET", "/www.example.com/page?q", Style::lab).to;
    EXPECT_EQ(to.host, "www.example.com");
    EXPECT_EQ(to.target, "/page?q");
    EXPECT_EQ(to.url, "http://www.example.com/page?q");
    EXPECT_EQ(read("GET", "/127.0.0.1:8080", Style::lab).to.port, 8080);
    EXPECT_TRUE(read("GET", "/https://h/x", Style::lab).to.secured);
    EXPECT_EQ(read("GET", "/h/see?http://i/", Style::lab).to.host, "h");
    EXPECT_TRUE(read("GET", "/", Style::lab).refusal);
    EXPECT_TRUE(read("GET", "/a,b/x", Style::lab).refusal);
}

TEST(Destination, InFrontOfOneServerIsThatOne) {
    Destination origin;
    origin.host = "inner";
    origin.port = 8000;
    origin.authority = "inner:8000";
    http::RequestHead request;
    request.method = "GET";
    for (const auto* target : {"/a?b", "http://elsewhere/a?b"}) {
        request.target = target;
        Destination to;
        ASSERT_FALSE(read_reverse_destination(request, origin, to)) << target;
        EXPECT_EQ(to.host, "inner");
        EXPECT_EQ(to.target, "/a?b");
        EXPECT_EQ(to.url, "http://inner:8000/a?b");
    }
    Destination to;
    request.target = "*";
    EXPECT_EQ(read_reverse_destination(request, origin, to)->status, 400u);
    request.method = "OPTIONS";
    EXPECT_FALSE(read_reverse_destination(request, origin, to));
    EXPECT_EQ(to.target, "*");
    request.method = "CONNECT";
    EXPECT_EQ(read_reverse_destination(request, origin, to)->status, 405u);
}

}  // namespace
}  // namespace nettool::proxy
