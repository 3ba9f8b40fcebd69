// What serve-http makes of connections: order, doubts, limits of time and size.
#include "support/serve_http.hpp"

#include <atomic>
#include <thread>

namespace nettool::test {
namespace {

TEST_F(ServeHttp, AnswersPipelinedRequestsInOrderOnOneConnection) {
    const auto responses = exchange(get("/ten") + get("/nope") + get("/d/a%20b%23.txt") +
                                    get("/ten", "Range: bytes=0-0\r\nConnection: close\r\n"));
    const auto first = responses.find("0123456789");
    const auto second = responses.find("HTTP/1.1 404");
    const auto third = responses.find("odd");
    const auto fourth = responses.find("HTTP/1.1 206");
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_LT(third, fourth);
    EXPECT_NE(fourth, responses.npos);
}

TEST_F(ServeHttp, ReadsNothingBehindARequestInDoubt) {
    struct Row {
        std::string_view fields;
        unsigned status;
    };
    for (const auto& [fields, status] : std::initializer_list<Row>{
             {"Transfer-Encoding: gzip\r\n", 501},
             {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400},
             {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400},
             {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
             {"Content-Length: 5\r\nContent-Length: 5\r\n", 400},
             {"Content-Length: +5\r\n", 400},
             {"Host: b\r\n", 400},
             {"X : y\r\n", 400},
             {"X: y\r\n z\r\n", 400},
             {"X: y\n", 400},
             {"Expect: tea\r\n", 417},
         }) {
        const auto response = exchange(get("/ten", fields) + "GET /d/ HTTP/1.1\r\nHost: a\r\n\r\n");
        EXPECT_EQ(status_of(response), status) << fields;
        EXPECT_TRUE(contains(response, "Connection: close\r\n")) << fields;
        EXPECT_EQ(response.find("HTTP/1.1 ", 1), response.npos) << response;
    }
}

TEST_F(ServeHttp, ClosesBehindARefusedRequestWithABody) {
    const auto response =
        exchange("POST /ten HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345" + get("/ten"));
    EXPECT_EQ(status_of(response), 405u);
    EXPECT_EQ(response.find("HTTP/1.1 ", 1), response.npos);
}

TEST_F(ServeHttp, DropsTheBodyOfARequestThatNeedsNone) {
    const auto chunked = get("/ten", "Transfer-Encoding: chunked\r\n") +
                         "3\r\nabc\r\n0\r\nHost: evil\r\n\r\n" +
                         get("/d/", "Connection: close\r\n");
    EXPECT_TRUE(contains(exchange(chunked), "a%20b%23.txt"));
    const auto sized =
        get("/ten", "Content-Length: 3\r\n") + "abc" + get("/d/", "Connection: close\r\n");
    EXPECT_TRUE(contains(exchange(sized), "a%20b%23.txt"));
    const auto broken = get("/ten", "Transfer-Encoding: chunked\r\n") + "zz\r\n\r\n" + get("/d/");
    EXPECT_FALSE(contains(exchange(broken), "a%20b%23.txt"));
}

TEST_F(ServeHttp, HangsUpOnASlowHead) {
    start({"--head-time=100ms"});
    LineClient slow(endpoint_);
    slow.send("GET / HTTP/1.1\r\nHost");
    EXPECT_EQ(status_of(ask("/ten")), 200u) << "others are served meanwhile";
    EXPECT_EQ(status_of(slow.rest()), 408u);
}

TEST_F(ServeHttp, HangsUpOnASilentClientWithoutAWord) {
    start({"--idle=100ms"});
    LineClient silent(endpoint_);
    EXPECT_EQ(silent.rest(), "");
}

TEST_F(ServeHttp, HangsUpOnAReaderThatReadsNoMore) {
    write_file(directory_.file("big"), std::string(30'000'000, 'x'));
    start({"--idle=200ms"});
    LineClient lazy(endpoint_);
    lazy.send(get("/big"));
    EXPECT_EQ(lazy.receive(), "HTTP/1.1 200 OK\r");
    EXPECT_EQ(status_of(ask("/ten")), 200u) << "others are served meanwhile";
    server_->wait_for_output("/big");
    EXPECT_LT(lazy.rest().size(), 30'000'000u);
}

TEST_F(ServeHttp, HangsUpOnAFileThatShrinksWhileItIsSent) {
    const auto big = directory_.file("big");
    write_file(big, std::string(30'000'000, 'x'));
    start();
    LineClient client(endpoint_);
    client.send(get("/big"));
    EXPECT_EQ(client.receive(), "HTTP/1.1 200 OK\r");
    std::filesystem::resize_file(big, 10);
    const auto rest = client.rest();
    EXPECT_TRUE(contains(rest, "Content-Length: 30000000\r\n"));
    EXPECT_LT(rest.size(), 30'000'000u) << "nothing is made up";
}

TEST_F(ServeHttp, BoundsTheHead) {
    EXPECT_EQ(status_of(exchange("GET /" + std::string(9000, 'a'))), 414u);
    EXPECT_EQ(status_of(exchange(get("/", "X: " + std::string(17'000, 'a') + "\r\n"))), 431u);
}

TEST_F(ServeHttp, SpeaksHttp10) {
    EXPECT_TRUE(contains(exchange("GET /ten HTTP/1.0\r\n\r\n"), "Connection: close\r\n"));
    LineClient client(endpoint_);
    client.send("GET /ten HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n");
    const auto both = client.rest();
    EXPECT_TRUE(contains(both, "Connection: keep-alive\r\n"));
    EXPECT_FALSE(contains(both, "chunked"));
    EXPECT_TRUE(both.ends_with("</html>\n"));
}

TEST_F(ServeHttp, TurnsAwayWhoIsTooMany) {
    start({"--max-connections=1"});
    LineClient first(endpoint_);
    first.send(get("/ten"));
    EXPECT_EQ(first.receive(), "HTTP/1.1 200 OK\r");
    LineClient second(endpoint_);
    const auto refused = second.rest();
    EXPECT_EQ(status_of(refused), 503u);
    EXPECT_EQ(body_of(refused).size(), 47u);
}

TEST_F(ServeHttp, ServesManyAtOnce) {
    write_file(directory_.file("big"), std::string(3'000'000, 'x'));
    start();
    std::vector<std::jthread> clients;
    std::atomic<int> whole = 0;
    for (int i = 0; i < 8; ++i)
        clients.emplace_back([&] {
            for (int j = 0; j < 5; ++j) {
                LineClient client(endpoint_);
                client.send(get("/big", "Connection: close\r\n"));
                if (body_of(client.rest()).size() == 3'000'000) ++whole;
            }
        });
    clients.clear();
    EXPECT_EQ(whole, 40);
}
}  // namespace
}  // namespace nettool::test
