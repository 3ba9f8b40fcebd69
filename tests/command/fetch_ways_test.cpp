#include "support/fetch.hpp"

namespace nettool::test {
namespace {

using cli::ExitCode;

/// What fetch asks for, whom, and what it says of it.
class FetchWays : public FetchInto {};

TEST_F(FetchWays, KeepsItsConnection) {
    const HttpSite site({{"/a", answer("1")}, {"/b", answer("2")}});
    EXPECT_EQ(fetch({site.url("/a"), site.url("/b"), site.url("/a")}).output, "121");
    EXPECT_EQ(site.connections(), 1U);
    EXPECT_FALSE(contains(site.requests().front(), "Connection:"));
}

TEST_F(FetchWays, KeepsItThroughRedirects) {
    const HttpSite site({{"/a", answer("moved", "Location: /b\r\n", "301 Moved Permanently")},
                         {"/b", answer("here")}});
    EXPECT_EQ(fetch({site.url("/a")}).output, "here");
    EXPECT_EQ(site.connections(), 1U);
}

TEST_F(FetchWays, FetchesSeveralFilesAtTheSameTime) {
    std::vector<std::string> arguments = {"-d", directory_.path(), "--parallel=3"};
    HttpSite site{HttpSite::Answers()};
    for (int i = 0; i < 20; ++i) {
        site.set("/" + std::to_string(i), answer(std::to_string(i)));
        arguments.push_back(site.url("/" + std::to_string(i)));
    }
    EXPECT_EQ(fetch(arguments).code, ExitCode::ok);
    EXPECT_LE(site.connections(), 3U);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(contents(file(std::to_string(i))), std::to_string(i));
}

TEST_F(FetchWays, WritesNoFileTwice) {
    const HttpSite site({{"/1/a.txt", answer("one")}, {"/2/A.txt", answer("two")}});
    EXPECT_EQ(fetch({"-d", directory_.path(), site.url("/1/a.txt"), site.url("/2/A.txt")}).code,
              ExitCode::ok);
    EXPECT_EQ(names(), "A-2.txt a.txt ");
    EXPECT_EQ(contents(file("A-2.txt")), "two");
}

TEST_F(FetchWays, TakesTheNameThatTheServerGives) {
    HttpSite site({{"/get", answer("data",
                                   "Content-Disposition: attachment; "
                                   "filename*=utf-8''r%C3%A9sum%C3%A9.txt\r\n")},
                   {"/evil", answer("data",
                                    "Content-Disposition: attachment; "
                                    "filename=\"../../.bashrc\"\r\n")},
                   {"/plain", answer("data")}});
    EXPECT_EQ(fetch({"-J", "-d", directory_.path(), site.url("/get"), site.url("/evil"),
                     site.url("/plain")})
                  .code,
              ExitCode::ok);
    EXPECT_EQ(names(), "_bashrc plain r\xc3\xa9sum\xc3\xa9.txt ");
    const auto again = fetch({"-J", "-d", directory_.path(), site.url("/get")});
    EXPECT_EQ(again.code, ExitCode::local);
    EXPECT_TRUE(contains(again.log, "is there already")) << again.log;
}

TEST_F(FetchWays, AsksForAPart) {
    HttpSite site({{"/", answer("234", "Content-Range: bytes 2-4/10\r\n", "206 Partial Content")},
                   {"/no", answer("0123456789")}});
    EXPECT_EQ(fetch({site.url(), "--range=2-4"}).output, "234");
    EXPECT_TRUE(contains(site.requests().front(), "Range: bytes=2-4\r\n"));
    const auto outcome = fetch({site.url("/no"), "-o", file(), "--range=2-4"});
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_EQ(names(), "") << "all of it is not what was asked for";
}

// Past our memory where nobody looks on, through it where somebody does.
TEST_F(FetchWays, WritesLongBodiesWhole) {
    std::string body;
    for (int i = 0; body.size() < 3'000'000; ++i) body += std::to_string(i) + "\n";
    const HttpSite site({{"/", answer(body)},
                         {"/end", "HTTP/1.1 200 OK\r\n\r\n" + body},
                         {"/short", "HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + body}});
    for (const auto* target : {"/", "/end"}) {
        EXPECT_EQ(fetch({"-o", file(), site.url(target)}).code, ExitCode::ok);
        EXPECT_EQ(contents(file()), body) << target;
        EXPECT_EQ(fetch({"-o", file("y"), "--trace=hex", site.url(target)}).code, ExitCode::ok);
        EXPECT_EQ(contents(file("y")), body) << target;
    }
    const auto lost = fetch({"-o", file("z"), site.url("/short")});
    EXPECT_EQ(lost.code, ExitCode::network);
    EXPECT_TRUE(contains(lost.log, "was cut short after " + std::to_string(body.size()) + " of"))
        << lost.log;
    EXPECT_EQ(fetch({"-o", file("z"), "--max-size=1M", site.url("/end")}).code, ExitCode::local);
    EXPECT_FALSE(std::filesystem::exists(file("z")));
    EXPECT_EQ(fetch({"-o", "/dev/full", site.url()}).code, ExitCode::local);
}

TEST_F(FetchWays, SendsFormsWithFiles) {
    write_file(file("a.txt"), std::string(100'000, 'a'));
    TemporaryDirectory uploads;
    RunningCommand server("serve-http", {uploads.path(), "--port=0", "--upload"});
    const auto url = "http://" + to_string(server.endpoint()) + "/";
    const auto outcome =
        fetch({url, "-F", "file=@" + file("a.txt"), "-H", "Accept: text/plain", "-F", "note=x"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log << outcome.output;
    EXPECT_EQ(contents(uploads.file("a.txt")), contents(file("a.txt")));
    EXPECT_EQ(fetch({url, "-F", "file=@" + file("missing")}).code, ExitCode::local);
}

TEST_F(FetchWays, SendsFilesAsTheyAre) {
    write_file(file("bytes"), std::string(300'000, '\n'));
    TemporaryDirectory uploads;
    RunningCommand server("serve-http", {uploads.path(), "--port=0", "--upload"});
    const auto url = "http://" + to_string(server.endpoint()) + "/copy";
    EXPECT_EQ(fetch({"-X", "PUT", "--data-binary", "@" + file("bytes"), url}).code, ExitCode::ok);
    EXPECT_EQ(contents(uploads.file("copy")), contents(file("bytes")));
}

TEST_F(FetchWays, GoesThroughAProxy) {
    const HttpSite proxy({{"http://nowhere.invalid/x?y", answer("through")}});
    const auto name = "http://user:pa%20ss@127.0.0.1:" + proxy.port();
    const auto outcome = fetch({"http://nowhere.invalid/x?y", "--proxy", name});
    EXPECT_EQ(outcome.output, "through") << outcome.log;
    const auto head = proxy.requests().front();
    EXPECT_TRUE(contains(head, "Host: nowhere.invalid\r\n")) << head;
    EXPECT_TRUE(contains(head, "Proxy-Authorization: Basic dXNlcjpwYSBzcw==\r\n")) << head;
    EXPECT_EQ(fetch({"http://127.0.0.1:1/", "--proxy", name, "--no-proxy=127.0.0.0/8"}).code,
              ExitCode::network);
}

TEST_F(FetchWays, AsksAProxyToConnect) {
    const HttpSite proxy([](const std::string&) { return answer("", "", "403 Forbidden"); });
    const auto outcome =
        fetch({"https://secret.invalid/x", "--proxy", "127.0.0.1:" + proxy.port()});
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(contains(outcome.log, "does not connect to secret.invalid:443: 403 Forbidden"))
        << outcome.log;
    EXPECT_TRUE(
        proxy.requests().front().starts_with("CONNECT secret.invalid:443 HTTP/1.1\r\n"
                                             "Host: secret.invalid:443\r\n"));
    EXPECT_FALSE(contains(proxy.requests().front(), "/x"));
}

TEST_F(FetchWays, KeepsCookies) {
    const HttpSite site({{"/", answer("",
                                      "Set-Cookie: a=1\r\nSet-Cookie: b=2; Max-Age=3600\r\n"
                                      "Location: /next\r\n",
                                      "302 Found")},
                         {"/next", answer("done")}});
    EXPECT_EQ(fetch({site.url(), "--cookie-jar", file("jar")}).output, "done");
    EXPECT_TRUE(contains(site.requests("/next").front(), "Cookie: a=1; b=2\r\n"));
    EXPECT_TRUE(contains(contents(file("jar")), "127.0.0.1\tFALSE\t/\tFALSE\t"));
    EXPECT_EQ(std::filesystem::status(file("jar")).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    fetch({site.url("/next"), "--cookie-jar", file("jar")});
    EXPECT_TRUE(contains(site.requests("/next").back(), "Cookie: a=1; b=2\r\n"));
    write_file(file("jar"), "no cookies\n");
    EXPECT_EQ(fetch({site.url(), "--cookie-jar", file("jar")}).code, ExitCode::local);
}

TEST_F(FetchWays, GivesCookiesToTheirOriginOnly) {
    const HttpSite other({{"/", answer("other")}});
    const HttpSite site(
        {{"/", answer("", "Set-Cookie: a=1\r\nLocation: http://localhost:" + other.port() + "/\r\n",
                      "302 Found")}});
    EXPECT_EQ(fetch({site.url(), "--cookie-jar", file("jar"), "-4"}).output, "other");
    EXPECT_FALSE(contains(other.requests().front(), "Cookie"));
}

TEST_F(FetchWays, ChecksWhatTheServerSaysOfItsContent) {
    HttpSite site({{"/", answer("hello",
                                "Repr-Digest: sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0Je"
                                "cwQzYpOLmCQ=:\r\n")}});
    const auto good = fetch({"-o", file(), site.url()}, cli::Output::Format::json);
    EXPECT_TRUE(contains(good.output, R"("verified":"sha256")")) << good.output << good.log;
    site.set("/", answer("hellO",
                         "Repr-Digest: sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0Je"
                         "cwQzYpOLmCQ=:\r\n"));
    const auto bad = fetch({"-o", file("y"), site.url()});
    EXPECT_EQ(bad.code, ExitCode::local);
    EXPECT_EQ(names(), "x ");
}

TEST_F(FetchWays, SaysHowLongEachHopTook) {
    const HttpSite site({{"/", answer("", "Location: /b\r\n", "302 Found")}, {"/b", answer("b")}});
    const auto outcome = fetch({site.url(), "--timing"});
    EXPECT_TRUE(contains(outcome.log, site.url() + " 302: name ")) << outcome.log;
    EXPECT_TRUE(contains(outcome.log, site.url("/b") + " 200: name ")) << outcome.log;
    EXPECT_TRUE(contains(outcome.log, ", connection used before")) << outcome.log;
    const auto json = fetch({site.url(), "-o", file()}, cli::Output::Format::json);
    EXPECT_TRUE(contains(json.output, R"("hops":[{"url":")")) << json.output;
    EXPECT_TRUE(contains(json.output, R"("status":302,"proxy":"","peer":"127.0.0.1:)"))
        << json.output;
}

TEST_F(FetchWays, SaysWhichAddressesFailed) {
    const auto outcome = fetch({"http://127.0.0.1:1/", "--timing"});
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_TRUE(contains(outcome.log, "tried 127.0.0.1:1: Connection refused after "))
        << outcome.log;
}

TEST_F(FetchWays, ExplainsWhatHappens) {
    const HttpSite site({{"/", answer("x", "Set-Cookie: secret=1234\r\nX-Odd: \xe2\x80\xae\r\n")}});
    const auto outcome = fetch({site.url(), "--explain", "-u", "me:hidden"});
    for (const auto* words :
         {"1. http://127.0.0.1:", "SYN, SYN-ACK, ACK", "> GET / HTTP/1.1", "[RFC 9110 §9.3.1]",
          "> Authorization: Basic …", "< HTTP/1.1 200 OK", "it worked, and the answer follows",
          "< Set-Cookie: secret=…", "1 byte, as Content-Length announced [RFC 9112 §6.2]"})
        EXPECT_TRUE(contains(outcome.log, words)) << words << " is not in\n" << outcome.log;
    EXPECT_FALSE(contains(outcome.log, "1234"));
    EXPECT_FALSE(contains(outcome.log, "\xe2\x80\xae")) << "it would turn the line around";
    EXPECT_EQ(outcome.output, "x");
}

TEST_F(FetchWays, EndsAServerThatDrips) {
    RunningCommand server("serve-http",
                          {NETTOOL_SOURCE_DIR "/tests/data/gallery", "--port=0", "--rate=10"});
    const auto url = "http://" + to_string(server.endpoint()) + "/index.html";
    const auto outcome = fetch({url, "-o", file(), "--max-time=300ms"});
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_FALSE(std::filesystem::exists(file()));
}

}  // namespace
}  // namespace nettool::test
