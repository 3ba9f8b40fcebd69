// What serve-http serves, and how.
#include "support/serve_http.hpp"

#include <boost/json/parse.hpp>

#include <sys/stat.h>

namespace nettool::test {
namespace {

using cli::ExitCode;

TEST_F(ServeHttp, SendsAFile) {
    const auto response = ask("/page.html");
    EXPECT_TRUE(response.starts_with("HTTP/1.1 200 OK\r\n")) << response;
    for (const auto* field : {"Content-Type: text/html; charset=utf-8\r\n", "Content-Length: 9\r\n",
                              "Accept-Ranges: bytes\r\n",
                              "ETag: ", "Last-Modified: ", "Date: ", "Connection: close\r\n"})
        EXPECT_TRUE(contains(response, field)) << field;
    EXPECT_EQ(body_of(response), "<p>\xc3\xa4</p>");
    EXPECT_TRUE(contains(ask("/latin.txt"), "Content-Type: text/plain\r\n"));
    EXPECT_EQ(body_of(ask("/d/a%20b%23.txt")), "odd");
}

TEST_F(ServeHttp, SendsOnlyTheHeadForHead) {
    const auto response =
        exchange("HEAD /ten HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(status_of(response), 200u);
    EXPECT_TRUE(contains(response, "Content-Length: 10\r\n"));
    EXPECT_EQ(body_of(response), "");
}

TEST_F(ServeHttp, SendsRanges) {
    const auto one = ask("/ten", "Range: bytes=2-3\r\n");
    EXPECT_EQ(status_of(one), 206u);
    EXPECT_TRUE(contains(one, "Content-Range: bytes 2-3/10\r\n"));
    EXPECT_EQ(body_of(one), "23");
    const auto two = ask("/ten", "Range: bytes=0-0,-1\r\n");
    EXPECT_EQ(status_of(two), 206u);
    const auto at = two.find("boundary=");
    ASSERT_NE(at, two.npos);
    const auto boundary = two.substr(at + 9, 32);
    const auto type = "Content-Type: application/octet-stream\r\nContent-Range: bytes ";
    EXPECT_EQ(body_of(two), "\r\n--" + boundary + "\r\n" + type + "0-0/10\r\n\r\n0\r\n--" +
                                boundary + "\r\n" + type + "9-9/10\r\n\r\n9\r\n--" + boundary +
                                "--\r\n");
    EXPECT_TRUE(contains(two, "Content-Length: " + std::to_string(body_of(two).size()) + "\r\n"));
    const auto none = ask("/ten", "Range: bytes=10-\r\n");
    EXPECT_EQ(status_of(none), 416u);
    EXPECT_TRUE(contains(none, "Content-Range: bytes */10\r\n"));
    EXPECT_EQ(status_of(ask("/ten", "Range: bytes=x\r\n")), 200u);
}

TEST_F(ServeHttp, AnswersConditions) {
    const auto first = ask("/ten");
    const auto at = first.find("ETag: ") + 6;
    const auto tag = first.substr(at, first.find("\r\n", at) - at);
    const auto same = ask("/ten", "If-None-Match: " + tag + "\r\n");
    EXPECT_EQ(status_of(same), 304u);
    EXPECT_TRUE(contains(same, "ETag: "));
    EXPECT_EQ(body_of(same), "");
    EXPECT_EQ(status_of(ask("/ten", "If-None-Match: \"x\"\r\n")), 200u);
    EXPECT_EQ(status_of(ask("/ten", "If-Match: \"x\"\r\n")), 412u);
    EXPECT_EQ(status_of(ask("/ten", "Range: bytes=0-0\r\nIf-Range: \"x\"\r\n")), 200u);
}

TEST_F(ServeHttp, ListsADirectory) {
    const auto page = ask("/");
    EXPECT_EQ(status_of(page), 200u);
    EXPECT_TRUE(contains(page, "Content-Security-Policy: default-src 'none'"));
    EXPECT_TRUE(contains(page, "X-Content-Type-Options: nosniff"));
    EXPECT_TRUE(contains(page, "<a href=\"d/\">d/</a>"));
    EXPECT_FALSE(contains(page, ".secret"));
    const auto json = exchange("GET /d/?format=json HTTP/1.0\r\n\r\n");
    const auto listing = boost::json::parse(body_of(json));
    EXPECT_EQ(listing.at(0).at("name"), "a b#.txt");
    EXPECT_EQ(listing.at(0).at("size"), 3);
    EXPECT_TRUE(
        contains(ask("/", "Accept: application/json\r\n"), "Content-Type: application/json"));
}

TEST_F(ServeHttp, PrefersAnIndexToAListing) {
    start({"--index=none.html", "--index=page.html"});
    EXPECT_EQ(body_of(ask("/")), "<p>\xc3\xa4</p>");
}

TEST_F(ServeHttp, SendsADirectoryWithoutASlashToTheOneWith) {
    const auto response = ask("/x/../d?a=b");
    EXPECT_EQ(status_of(response), 301u);
    EXPECT_TRUE(contains(response, "Location: /d/?a=b\r\n"));
    EXPECT_TRUE(contains(ask("//d"), "Location: /d/\r\n"));
    EXPECT_EQ(status_of(ask("/ten/")), 404u);
}

TEST_F(ServeHttp, DoesNotServeWhatIsHiddenOutsideOrNoFile) {
    std::filesystem::create_symlink("/etc/passwd", directory_.file("out"));
    ASSERT_EQ(::mkfifo(directory_.file("fifo").c_str(), 0600), 0);
    for (const auto* target : {"/nope", "/.secret", "/out", "/fifo", "/../ten", "/%2e%2e/ten"})
        EXPECT_EQ(status_of(ask(target)), 404u) << target;
    for (const auto* target : {"/a%00", "/a%2fb", "/a%5cb", "/%zz"})
        EXPECT_EQ(status_of(ask(target)), 400u) << target;
}

TEST_F(ServeHttp, ShowsMoreWhenAsked) {
    std::filesystem::create_symlink("/etc/passwd", directory_.file("out"));
    start({"--hidden", "--follow", "--cors", "--header=X-Lab: 1"});
    EXPECT_EQ(body_of(ask("/.secret")), "secret");
    const auto response = ask("/out");
    EXPECT_EQ(status_of(response), 200u);
    EXPECT_TRUE(contains(response, "X-Lab: 1\r\n"));
    EXPECT_TRUE(contains(response, "Access-Control-Allow-Origin: *\r\n"));
}

TEST_F(ServeHttp, SaysWhichMethodsThereAre) {
    const auto method = [this](std::string_view name, std::string_view target) {
        return exchange(std::string(name) + " " + std::string(target) +
                        " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    };
    for (const auto* target : {"*", "/ten"}) {
        const auto options = method("OPTIONS", target);
        EXPECT_EQ(status_of(options), 204u);
        EXPECT_TRUE(contains(options, "Allow: GET, HEAD, OPTIONS\r\n"));
        EXPECT_FALSE(contains(options, "Content-Length"));
    }
    for (const auto* name : {"POST", "PUT", "DELETE", "TRACE"}) {
        const auto refused = method(name, "/ten");
        EXPECT_EQ(status_of(refused), 405u) << name;
        EXPECT_TRUE(contains(refused, "Allow: GET, HEAD, OPTIONS\r\n")) << name;
    }
    EXPECT_EQ(status_of(method("BREW", "/ten")), 501u);
}

// Whatever stands behind such a request must never be answered: it may be smuggled.
TEST_F(ServeHttp, WritesALineForEachRequest) {
    start({"--log-format=combined"});
    ask("/ten", "User-Agent: lab\"\x80\r\n");
    exchange("nonsense\r\n\r\n");
    EXPECT_EQ(server_->stop(), ExitCode::ok);
    const auto output = server_->output();
    EXPECT_TRUE(contains(output, "127.0.0.1 - - ["));
    EXPECT_TRUE(contains(output, "] \"GET /ten HTTP/1.1\" 200 10 \"-\" \"lab\\\"\\x80\"\n"))
        << output;
    EXPECT_TRUE(contains(output, "] \"-\" 400 ")) << output;
}

TEST_F(ServeHttp, AppendsTheLinesToAFile) {
    const auto log = directory_.file("log");
    start({"--log=" + log});
    ask("/ten");
    EXPECT_EQ(server_->stop(), ExitCode::ok);
    EXPECT_TRUE(contains(contents(log), "\"GET /ten HTTP/1.1\" 200 10\n"));
    EXPECT_FALSE(contains(server_->output(), "GET"));
}

TEST_F(ServeHttp, RefusesABadCommandLine) {
    const auto refused = [](std::vector<std::string> arguments) {
        arguments.emplace_back("--port=0");
        return run_to_end("serve-http", arguments).code;
    };
    EXPECT_EQ(refused({"--header=X"}), ExitCode::usage);
    EXPECT_EQ(refused({"--header=X: a\nY: b"}), ExitCode::usage);
    EXPECT_EQ(refused({"--header=Content-Length: 5"}), ExitCode::usage);
    EXPECT_EQ(refused({"--threads=0"}), ExitCode::usage);
    EXPECT_EQ(refused({"a", "b"}), ExitCode::usage);
    EXPECT_EQ(refused({"/no/such"}), ExitCode::local);
}
TEST_F(ServeHttp, LetsRequestsGoWrongOnPurpose) {
    start({"--inject=503, 1 time", "--inject=when target ~ /ten/ then latency 50ms, 418",
           "--inject=when target ~ /page/ then close"});
    EXPECT_TRUE(ask("/d/").starts_with("HTTP/1.1 503 "));
    EXPECT_TRUE(ask("/d/").starts_with("HTTP/1.1 200 "));
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(ask("/ten").starts_with("HTTP/1.1 418 "));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(50));
    EXPECT_EQ(ask("/page.html"), "");
    EXPECT_EQ(run_to_end("serve-http", {"--inject=explode"}).code, cli::ExitCode::usage);
}

}  // namespace
}  // namespace nettool::test
