#include "nettool/http/request.hpp"

#include "nettool/base/failure.hpp"

#include <gtest/gtest.h>

namespace nettool::http {
namespace {

Request request(std::string_view url) { return Request(*proto::parse_url(url)); }

TEST(Request, SaysWhatEveryRequestSays) {
    EXPECT_EQ(head_of(request("http://h:81/a b?c#d")),
              "GET /a%20b?c HTTP/1.1\r\nHost: h:81\r\nUser-Agent: nettool\r\nAccept: */*\r\n\r\n");
}

TEST(Request, TellsAProxyAllOfTheUrl) {
    EXPECT_TRUE(head_of(request("http://h:81/a?c#d"), TargetForm::absolute)
                    .starts_with("GET http://h:81/a?c HTTP/1.1\r\nHost: h:81\r\n"));
}

TEST(Request, TakesTheUsersFieldsInstead) {
    auto asked = request("http://h/");
    asked.fields.emplace_back("user-agent", "me");
    asked.fields.emplace_back("Accept", "");
    EXPECT_EQ(head_of(asked), "GET / HTTP/1.1\r\nHost: h\r\nuser-agent: me\r\n\r\n");
    asked.fields.emplace_back("X", "a\r\nEvil: yes");
    EXPECT_THROW(head_of(asked), Failure);
}

TEST(Request, LogsInWithWhatTheUrlHolds) {
    const auto asked = request("http://user:p%40ss@h/");
    EXPECT_EQ(asked.fields.front(),
              (std::pair<std::string, std::string>("Authorization", "Basic dXNlcjpwQHNz")));
    EXPECT_EQ(to_string(asked.url), "http://h/") << "it is shown nowhere";
}

TEST(Request, ChangesItsMethodAsRfc9110Says) {
    auto post = request("http://h/form");
    post.method = "POST";
    post.body.emplace("a=b");
    post.fields.emplace_back("Content-Type", "x/y");
    const auto target = *proto::parse_url("http://h/there");
    for (const unsigned status : {301U, 302U, 303U}) {
        const auto next = redirected(post, status, target);
        EXPECT_EQ(next.method, "GET") << status;
        EXPECT_FALSE(next.body) << status;
        EXPECT_FALSE(next.has_field("content-type")) << status;
    }
    for (const unsigned status : {307U, 308U}) {
        const auto next = redirected(post, status, target);
        EXPECT_EQ(next.method, "POST") << status;
        EXPECT_EQ(next.body->size(), 3U) << status;
    }
    auto head = request("http://h/");
    head.method = "HEAD";
    EXPECT_EQ(redirected(head, 303, target).method, "HEAD");
    auto put = request("http://h/");
    put.method = "PUT";
    EXPECT_EQ(redirected(put, 302, target).method, "PUT");
    EXPECT_EQ(redirected(put, 303, target).method, "GET");
}

TEST(Request, LeavesCredentialsWithTheirOrigin) {
    auto asked = request("https://user:secret@h/#part");
    asked.fields.emplace_back("Cookie", "a=b");
    asked.fields.emplace_back("X", "y");
    EXPECT_TRUE(
        redirected(asked, 302, *proto::parse_url("https://h/x")).has_field("authorization"));
    for (const auto* other :
         {"http://h/", "https://h:444/", "https://evil/", "https://u:p@evil/"}) {
        const auto next = redirected(asked, 302, *proto::parse_url(other));
        EXPECT_FALSE(next.has_field("authorization")) << other;
        EXPECT_FALSE(next.has_field("cookie")) << other;
        EXPECT_TRUE(next.has_field("x")) << other;
        EXPECT_TRUE(next.url.username.empty()) << other;
    }
    EXPECT_EQ(redirected(asked, 302, *proto::parse_url("https://h/x")).url.fragment, "part");
}

}  // namespace
}  // namespace nettool::http
