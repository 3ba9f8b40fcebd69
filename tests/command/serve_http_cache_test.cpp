// Responses that serve-http keeps ready are those that it would make anew.
#include "support/serve_http.hpp"

#include <chrono>

namespace nettool::test {
namespace {

using namespace std::chrono_literals;

class ServeHttpCache : public ServeHttp {
protected:
    // One request on a connection that stays, and the whole response.
    std::string again(std::string_view target, std::string_view fields = "") {
        if (!client_) client_ = std::make_unique<LineClient>(endpoint_);
        client_->send(get(target, fields));
        std::string response, line;
        std::size_t size = 0;
        do {
            line = client_->receive();
            response += line + "\n";
            if (line.starts_with("Content-Length: ")) size = std::stoul(line.substr(16));
        } while (line.size() > 1);
        return response + client_->receive(size);
    }

    // Until a response would be kept: not before its file is older than a tick of the clock.
    std::string settled(std::string_view target, std::string_view fields = "") {
        const auto end = std::chrono::steady_clock::now() + 60ms;
        std::string response;
        while (std::chrono::steady_clock::now() < end) response = again(target, fields);
        return response;
    }

    std::unique_ptr<LineClient> client_;
};

TEST_F(ServeHttpCache, SaysTheSameAgain) {
    start();
    settled("/page.html");
    const auto kept = again("/page.html");
    EXPECT_EQ(status_of(kept), 200u);
    EXPECT_EQ(body_of(kept), "<p>\xc3\xa4</p>");
    for (const auto* field : {"Date: ", "ETag: ", "Last-Modified: ", "Content-Length: 9\r\n",
                              "Content-Type: text/html; charset=utf-8\r\n"})
        EXPECT_TRUE(contains(kept, field)) << field;
    EXPECT_TRUE(contains(ask("/page.html"), "Connection: close\r\n"));
    EXPECT_TRUE(
        contains(exchange("GET /page.html HTTP/1.0\r\nConnection: keep-alive\r\nHost: a\r\n\r\n"
                          "GET /page.html HTTP/1.0\r\n\r\n"),
                 "Connection: keep-alive\r\n"));
    const auto head = exchange("HEAD /page.html HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(body_of(head), "");
    EXPECT_TRUE(contains(head, "Content-Length: 9\r\n"));
}

TEST_F(ServeHttpCache, NoticesEveryChange) {
    start();
    for (int i = 0; i < 5; ++i) {
        settled("/ten");
        const auto text = "text " + std::to_string(i);
        write_file(directory_.file("ten"), text);
        EXPECT_EQ(body_of(again("/ten")), text) << "written over";
        settled("/ten");
        write_file(directory_.file("new"), "other" + std::to_string(i));
        std::filesystem::rename(directory_.file("new"), directory_.file("ten"));
        EXPECT_EQ(body_of(again("/ten")), "other" + std::to_string(i)) << "replaced";
    }
    settled("/ten");
    std::filesystem::remove(directory_.file("ten"));
    EXPECT_EQ(status_of(ask("/ten")), 404u);
}

TEST_F(ServeHttpCache, NoticesNewNamesInAListing) {
    start();
    const auto deadline = std::chrono::steady_clock::now() + 2s;
    std::string kept;
    while (std::chrono::steady_clock::now() < deadline && !contains(kept, "Content-Length: "))
        kept = ask("/d/");
    ASSERT_TRUE(contains(kept, "Content-Length: ")) << "the length of what is kept is known";
    EXPECT_TRUE(contains(ask("/d/", "Accept: application/json\r\n"), "application/json"));
    write_file(directory_.file("d/new.txt"), "");
    EXPECT_TRUE(contains(ask("/d/"), "new.txt"));
    EXPECT_TRUE(contains(ask("/d/", "Accept: application/json\r\n"), "new.txt"));
}

TEST_F(ServeHttpCache, KeepsVariantsApart) {
    std::string text(2000, 'x');
    write_file(directory_.file("long.txt"), text);
    start({"--compress"});
    settled("/long.txt", "Accept-Encoding: gzip\r\n");
    settled("/long.txt");
    EXPECT_TRUE(
        contains(again("/long.txt", "Accept-Encoding: gzip\r\n"), "Content-Encoding: gzip"));
    EXPECT_TRUE(contains(again("/long.txt", "Accept-Encoding: br\r\n"), "Content-Encoding: br"));
    EXPECT_EQ(body_of(again("/long.txt")), text);
    EXPECT_EQ(body_of(again("/long.txt", "Range: bytes=0-1\r\n")), "xx");
    EXPECT_EQ(status_of(again("/long.txt", "If-None-Match: *\r\n")), 304u);
}

TEST_F(ServeHttpCache, AnswersPipelinedRequestsInOrder) {
    start();
    settled("/ten");
    const auto all = exchange(get("/ten") + get("/page.html") + get("/ten") + get("/missing") +
                              get("/ten", "Connection: close\r\n"));
    std::string statuses;
    for (auto at = all.find("HTTP/1.1 "); at != all.npos; at = all.find("HTTP/1.1 ", at + 1))
        statuses += all.substr(at + 9, 3) + " ";
    EXPECT_EQ(statuses, "200 200 200 404 200 ");
    EXPECT_TRUE(all.ends_with("0123456789"));
}

TEST_F(ServeHttpCache, AsksForThePasswordEachTime) {
    start({"--auth=ann:secret"});
    settled("/ten", "Authorization: Basic YW5uOnNlY3JldA==\r\n");
    EXPECT_EQ(status_of(ask("/ten")), 401u);
}

TEST_F(ServeHttpCache, SendsMoreThanASocketHolds) {
    const std::string text(64UL * 1024, 'y');
    write_file(directory_.file("most"), text);
    start();
    settled("/most");
    LineClient client(endpoint_);
    std::string requests;
    constexpr int count = 200;
    for (int i = 0; i < count; ++i) requests += get("/most");
    client.send(requests + get("/ten", "Connection: close\r\n"));
    const auto all = client.rest();
    EXPECT_GT(all.size(), count * text.size());
    EXPECT_TRUE(all.ends_with("0123456789"));
}

TEST_F(ServeHttpCache, LogsWhatItHadReady) {
    start();
    settled("/ten");
    ask("/page.html");
    server_->wait_for_output("GET /page.html");
    EXPECT_TRUE(contains(server_->output(), "\"GET /ten HTTP/1.1\" 200 10\n"));
}

}  // namespace
}  // namespace nettool::test
