#include "support/running_command.hpp"
#include "support/scripted_http.hpp"
#include "support/serve_http.hpp"

namespace nettool::test {
namespace {

using cli::ExitCode;

/// fetch into a directory that must hold nothing but whole files afterwards.
class Fetch : public testing::Test {
protected:
    Outcome fetch(std::vector<std::string> arguments,
                  cli::Output::Format format = cli::Output::Format::human) {
        return run_to_end("fetch", std::move(arguments), {}, format);
    }
    // Of what one reply to `fetch -o FILE` leads to.
    Outcome fetch_file(const std::string& reply, std::vector<std::string> options = {}) {
        ScriptedHttp server({reply});
        options.insert(options.end(),
                       {"-o", directory_.file("x"), server.url(), "--timeout=300ms"});
        return fetch(options);
    }
    std::ptrdiff_t files() const {
        return std::distance(std::filesystem::directory_iterator(directory_.path()), {});
    }

    TemporaryDirectory directory_;
};

std::string ok(const std::string& body, const std::string& fields = "") {
    return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

TEST_F(Fetch, WritesTheBodyToStandardOutput) {
    ScriptedHttp server({ok("hello\n"), "HTTP/1.0 200\r\n\r\nuntil the end",
                         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n"});
    const auto outcome = fetch({server.url("/a"), server.url("/b?c#d"), server.url("/e")});
    EXPECT_EQ(outcome.output, "hello\nuntil the endabcde");
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    const auto& requests = server.requests();
    EXPECT_TRUE(requests.at(0).starts_with("GET /a HTTP/1.1\r\nHost: 127.0.0.1:"));
    EXPECT_TRUE(requests.at(1).starts_with("GET /b?c HTTP/1.1\r\n"));
}

TEST_F(Fetch, WritesAFileWhenItIsWhole) {
    EXPECT_EQ(fetch_file(ok("hello")).code, ExitCode::ok);
    EXPECT_EQ(contents(directory_.file("x")), "hello");
    EXPECT_EQ(files(), 1);
}

TEST_F(Fetch, NamesFilesAsTheUrlDoes) {
    ScriptedHttp server({ok("1"), ok("2")});
    const auto target = directory_.file("new/dir");
    EXPECT_EQ(fetch({"-d", target, server.url("/a/b%2F..%2Fc.txt"), server.url("/")}).code,
              ExitCode::ok);
    EXPECT_EQ(contents(target + "/b_.._c.txt"), "1");
    EXPECT_EQ(contents(target + "/index.html"), "2");
}

TEST_F(Fetch, KeepsAnErrorOutOfTheFile) {
    const std::string reply = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope";
    write_file(directory_.file("x"), "good data");
    const auto outcome = fetch_file(reply);
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(contains(outcome.log, "404 Not Found")) << outcome.log;
    EXPECT_EQ(contents(directory_.file("x")), "good data");
    EXPECT_EQ(fetch_file(reply, {"--fail-with-body"}).code, ExitCode::refused);
    EXPECT_EQ(contents(directory_.file("x")), "nope");
    ScriptedHttp server({reply});
    EXPECT_EQ(fetch({server.url()}).output, "nope");
}

struct Hostile {
    const char* reply;
    ExitCode code;
    const char* says;
};

class FetchHostile : public Fetch, public testing::WithParamInterface<Hostile> {};

TEST_P(FetchHostile, LeavesNoFileAndSaysWhy) {
    const auto outcome = fetch_file(GetParam().reply);
    EXPECT_EQ(outcome.code, GetParam().code) << outcome.log;
    EXPECT_TRUE(contains(outcome.log, GetParam().says)) << outcome.log;
    EXPECT_EQ(std::ranges::count(outcome.log, '\n'), 1) << outcome.log;
    EXPECT_EQ(files(), 0);
}

constexpr Hostile hostile[] = {
    {"", ExitCode::network, "closed without an answer"},
    {"HTTP/1.1 200 O", ExitCode::network, "in the middle of its answer's head"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", ExitCode::network,
     "was cut short after 3 of 10 bytes"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", ExitCode::network,
     "was cut short after 5 bytes"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", ExitCode::local,
     "breaks the chunked coding"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", ExitCode::local,
     "the transfer coding is not chunked"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", ExitCode::local,
     "Content-Length is no number, or several"},
    {"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na", ExitCode::local, "Content-Length"},
    {"HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\n\r\n", ExitCode::local,
     "Location is given twice"},
    {"HTTP/1.1 302 Found\r\nLocation: ftp://x/\r\n\r\n", ExitCode::refused,
     "neither http nor https"},
    {"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n", ExitCode::refused,
     "neither http nor https"},
    {"hello, this is HTTP/0.9", ExitCode::local, "does not speak HTTP/1"},
    {"SSH-2.0-OpenSSH_9.2\r\n", ExitCode::local, "does not speak HTTP/1"},
    {"HTTP/2 200\r\n\r\n", ExitCode::local, "does not speak HTTP/1"},
    {"HTTP/1.1 2x0 OK\r\n\r\n", ExitCode::local, "the status is not a number"},
};
INSTANTIATE_TEST_SUITE_P(Replies, FetchHostile, testing::ValuesIn(hostile));

TEST_F(Fetch, BoundsWhatNeverEnds) {
    const auto endless = [](const std::string& begin, const std::string& more) {
        auto text = begin;
        while (text.size() < 200'000) text += more;
        return text;
    };
    for (const auto& [reply, says] :
         {std::pair(endless("", "HTTP/1.1 100 Continue\r\n\r\n"), "interim responses without end"),
          std::pair(endless("HTTP/1.1 200 OK\r\n", "X: y\r\n"), "too many fields"),
          std::pair(endless("HTTP/1.1 200 OK\r\nX: ", "y"), "a head that is too long"),
          std::pair(endless("HTTP/1.1 200 ", "y"), "a head that is too long")}) {
        const auto outcome = fetch_file(reply);
        EXPECT_EQ(outcome.code, ExitCode::local);
        EXPECT_TRUE(contains(outcome.log, says) || contains(outcome.log, "too long"))
            << outcome.log;
    }
    const auto big = fetch_file(ok(std::string(2000, 'x')), {"--max-size=1K"});
    EXPECT_EQ(big.code, ExitCode::local);
    EXPECT_TRUE(contains(big.log, "longer than --max-size allows")) << big.log;
    EXPECT_EQ(files(), 0);
}

TEST_F(Fetch, GivesUpOnASilentServer) {
    std::promise<void> given_up;
    ScriptedServer silent([&given_up](auto&) { given_up.get_future().wait(); });
    const auto outcome = fetch({"http://127.0.0.1:" + silent.port() + "/", "--timeout=100ms"});
    given_up.set_value();
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_TRUE(contains(outcome.log, "did not answer in time")) << outcome.log;
}

TEST_F(Fetch, FollowsRedirects) {
    ScriptedHttp server({"HTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Length: 99\r\n\r\nignored",
                         "HTTP/1.1 303 Other\r\nLocation: http://127.0.0.1:$PORT/c\r\n\r\n",
                         ok("there")});
    const auto outcome = fetch({"--data=x=y", server.url("/a")});
    EXPECT_EQ(outcome.output, "there") << outcome.log;
    const auto& requests = server.requests();
    EXPECT_TRUE(requests.at(0).starts_with("POST /a "));
    EXPECT_TRUE(requests.at(1).starts_with("GET /b "));
    EXPECT_TRUE(requests.at(2).starts_with("GET /c "));
}

TEST_F(Fetch, KeepsThePasswordFromOthers) {
    ScriptedHttp other({ok("")});
    ScriptedHttp server({"HTTP/1.1 302 Found\r\nLocation: " + other.url() + "\r\n\r\n"});
    fetch({"-u", "me:secret", "-H", "Cookie: a=b", "-H", "X: y", server.url()});
    EXPECT_TRUE(contains(server.requests().at(0), "Authorization: Basic bWU6c2VjcmV0\r\n"));
    EXPECT_FALSE(contains(other.requests().at(0), "Authorization"));
    EXPECT_FALSE(contains(other.requests().at(0), "Cookie"));
    EXPECT_TRUE(contains(other.requests().at(0), "X: y\r\n"));
}

TEST_F(Fetch, TiresOfRedirects) {
    const std::string again = "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n";
    ScriptedHttp server({again, again, again});
    const auto outcome = fetch({"--max-redirects=2", server.url()});
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(contains(outcome.log, "redirects once more after 2 redirects")) << outcome.log;
    ScriptedHttp once({again});
    EXPECT_EQ(fetch({"--max-redirects=0", "-i", once.url()}).output, again) << "it is an answer";
}

TEST_F(Fetch, SendsWhatItIsTold) {
    write_file(directory_.file("data"), "a\r\nb\n");
    ScriptedHttp server({ok(""), ok(""), ok("body of a HEAD")});
    fetch({"--data=1", "--data", "@" + directory_.file("data"), "-X", "PUT", server.url()});
    fetch({"--http1.0", "-H", "User-Agent:", "-H", "Accept: x/y", server.url()});
    const auto head = fetch({"-I", server.url()});
    EXPECT_EQ(head.output, "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n");
    const auto& requests = server.requests();
    EXPECT_TRUE(requests.at(0).starts_with("PUT / "));
    EXPECT_TRUE(contains(requests.at(0), "Content-Length: 4\r\n")) << "1&ab";
    EXPECT_TRUE(contains(requests.at(0), "Content-Type: application/x-www-form-urlencoded\r\n"));
    EXPECT_TRUE(requests.at(1).starts_with("GET / HTTP/1.0\r\n"));
    EXPECT_FALSE(contains(requests.at(1), "User-Agent"));
    EXPECT_TRUE(contains(requests.at(1), "Accept: x/y\r\n"));
    EXPECT_TRUE(requests.at(2).starts_with("HEAD / "));
}

TEST_F(Fetch, DecompressesWhenAsked) {
    const std::string gzip(
        "\x1f\x8b\x08\0\0\0\0\0\2\3\xcb\x48\xcd\xc9\xc9\xe7\2\0\x20\x30\x3a\x36\6\0\0\0", 26);
    const auto reply = ok(gzip, "Content-Encoding: gzip\r\n");
    ScriptedHttp server({reply, reply});
    EXPECT_EQ(fetch({"--compressed", server.url()}).output, "hello\n");
    EXPECT_EQ(fetch({server.url()}).output, gzip) << "the bytes as they are";
    EXPECT_TRUE(contains(server.requests().at(0), "Accept-Encoding: gzip, deflate, br, zstd\r\n"));
    const auto cut =
        fetch_file(ok(gzip.substr(0, 20), "Content-Encoding: gzip\r\n"), {"--compressed"});
    EXPECT_EQ(cut.code, ExitCode::network) << cut.log;
    const auto bad = fetch_file(ok("no gzip", "Content-Encoding: gzip\r\n"), {"--compressed"});
    EXPECT_EQ(bad.code, ExitCode::local) << bad.log;
    const auto unknown = fetch_file(ok("x", "Content-Encoding: br, gzip\r\n"), {"--compressed"});
    EXPECT_EQ(unknown.code, ExitCode::local) << unknown.log;
    EXPECT_EQ(files(), 0);
}

TEST_F(Fetch, HearsWhyBeforeItsBodyIsTaken) {
    ScriptedHttp server({"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"});
    write_file(directory_.file("big"), std::string(8'000'000, 'x'));
    const auto outcome = fetch({"--data-binary", "@" + directory_.file("big"), server.url()});
    // A reset can overtake the answer; nothing else may be made of it.
    EXPECT_TRUE(outcome.code == ExitCode::refused || outcome.code == ExitCode::network)
        << outcome.log;
}

TEST_F(Fetch, WritesDevicesAndReplacesNone) {
    ScriptedHttp server({ok("hello"), ok("hello")});
    const auto full = fetch({"-o", "/dev/full", server.url()});
    EXPECT_EQ(full.code, ExitCode::local);
    EXPECT_TRUE(contains(full.log, "/dev/full: No space left on device")) << full.log;
    EXPECT_EQ(fetch({"-o", "/dev/null", server.url()}).code, ExitCode::ok);
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(Fetch, GoesOnWithTheNextUrl) {
    ScriptedHttp server({"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", ok("second")});
    const auto outcome = fetch({server.url(), "http://127.0.0.1:1/", server.url()});
    EXPECT_EQ(outcome.output, "second");
    EXPECT_EQ(outcome.code, ExitCode::network) << "the highest status";
}

TEST_F(Fetch, RefusesWhatMakesNoSense) {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"ftp://a/"},
                                                      {"http://a b/"},
                                                      {"http://a/", "-H", "no colon"},
                                                      {"http://a/", "-H", "X: a\r\nY: b"},
                                                      {"http://a/", "-u", "nobody"},
                                                      {"http://a/", "http://b/", "-o", "x"},
                                                      {"http://a/", "-O", "-o", "x"},
                                                      {"http://a/", "-X", "BAD METHOD"},
                                                      {"http://a/", "-H", "Content-Length: 3"},
                                                      {}})
        EXPECT_EQ(fetch(arguments).code, ExitCode::usage);
    EXPECT_EQ(fetch({"http://a/"}, cli::Output::Format::json).code, ExitCode::usage);
}

TEST_F(Fetch, SaysAsJsonWhatItWrote) {
    ScriptedHttp server({ok("hello", "Content-Type: text/plain\r\n")});
    const auto outcome =
        fetch({"-o", directory_.file("x"), server.url()}, cli::Output::Format::json);
    EXPECT_TRUE(contains(outcome.output, R"("status":200,"type":"text/plain",)")) << outcome.output;
    EXPECT_TRUE(contains(outcome.output, R"("size_bytes":5,)")) << outcome.output;
}

}  // namespace
}  // namespace nettool::test
