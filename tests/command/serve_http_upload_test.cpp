// What serve-http --upload takes, and what it refuses.
#include "support/serve_http.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace nettool::test {
namespace {

// SHA-256 of `hello`
constexpr auto hello_digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

class Upload : public ServeHttp {
protected:
    Upload() { std::filesystem::create_directory(directory_.file("drop")); }

    void serve(std::vector<std::string> options = {}) {
        options.emplace_back("--upload");
        start(std::move(options));
    }

    static std::string put_request(std::string_view target, std::string_view body,
                                   std::string_view fields = "") {
        return "PUT " + std::string(target) +
               " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
               std::string(fields) + "Connection: close\r\n\r\n" + std::string(body);
    }
    std::string put(std::string_view target, std::string_view body, std::string_view fields = "") {
        if (!server_) serve();
        return exchange(put_request(target, body, fields));
    }
    std::string post(std::string_view target, std::string_view parts,
                     std::string_view fields = "") {
        if (!server_) serve();
        const auto body = std::string(parts) + "--XY--\r\n";
        return exchange("POST " + std::string(target) +
                        " HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=XY\r\n"
                        "Content-Length: " +
                        std::to_string(body.size()) + "\r\n" + std::string(fields) +
                        "Connection: close\r\n\r\n" + body);
    }
    static std::string part(std::string_view name, std::string_view data) {
        return "--XY\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" +
               std::string(name) + "\"\r\n\r\n" + std::string(data) + "\r\n";
    }

    // All names below, the hidden ones too.
    std::vector<std::string> names(std::string_view folder) const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(directory_.file(folder)))
            found.push_back(entry.path().filename().string());
        std::ranges::sort(found);
        return found;
    }
};

TEST_F(Upload, IsRefusedUnlessItIsAskedFor) {
    const auto response = exchange(put_request("/new", "hello"));
    EXPECT_EQ(status_of(response), 405u);
    EXPECT_TRUE(contains(response, "Allow: GET, HEAD, OPTIONS\r\n"));
    EXPECT_FALSE(std::filesystem::exists(directory_.file("new")));
}

TEST_F(Upload, SavesAFileAndGivesAReceipt) {
    const auto response = put("/drop/a%20b.txt", "hello");
    EXPECT_EQ(status_of(response), 201u) << response;
    EXPECT_TRUE(contains(response, "Location: /drop/a%20b.txt\r\n"));
    EXPECT_EQ(body_of(response),
              std::string("saved a b.txt: 5 bytes, sha256 ") + hello_digest + "\n");
    EXPECT_EQ(contents(directory_.file("drop/a b.txt")), "hello");
    EXPECT_EQ(names("drop").size(), 1u) << "nothing else is left";
    const auto json =
        boost::json::parse(body_of(put("/drop/b", "hello", "Accept: application/json\r\n")));
    EXPECT_EQ(json.at(0).at("sha256"), hello_digest);
    EXPECT_EQ(status_of(put("/drop/empty", "")), 201u);
    EXPECT_EQ(status_of(ask("/drop/empty")), 200u);
}

TEST_F(Upload, TakesChunks) {
    serve();
    const auto response = exchange(
        "PUT /drop/c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        "Connection: close\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
    EXPECT_EQ(status_of(response), 201u);
    EXPECT_EQ(contents(directory_.file("drop/c")), "hello");
}

TEST_F(Upload, NeverReplacesUnlessItIsForced) {
    const auto response = put("/ten", "hello");
    EXPECT_EQ(status_of(response), 409u);
    EXPECT_EQ(contents(directory_.file("ten")), "0123456789");
    EXPECT_EQ(status_of(put("/d", "hello")), 409u) << "a directory";
    serve({"--force"});
    EXPECT_EQ(status_of(put("/ten", "hello")), 201u);
    EXPECT_EQ(contents(directory_.file("ten")), "hello");
    EXPECT_EQ(status_of(put("/d", "hello")), 409u) << "even then";
}

TEST_F(Upload, FollowsNoLink) {
    write_file(directory_.file("target"), "kept");
    std::filesystem::create_symlink("../target", directory_.file("drop/link"));
    EXPECT_EQ(status_of(put("/drop/link", "hello")), 409u);
    serve({"--force"});
    EXPECT_EQ(status_of(put("/drop/link", "hello")), 201u);
    EXPECT_EQ(contents(directory_.file("target")), "kept") << "the link was replaced, not followed";
    const TemporaryDirectory outside;
    std::filesystem::create_symlink(outside.path(), directory_.file("out"));
    EXPECT_EQ(status_of(put("/out/x", "hello")), 409u);
    EXPECT_TRUE(std::filesystem::is_empty(outside.path()));
}

TEST_F(Upload, ObeysConditions) {
    serve({"--force"});
    EXPECT_EQ(status_of(put("/ten", "hello", "If-None-Match: *\r\n")), 412u);
    EXPECT_EQ(status_of(put("/ten", "hello", "If-Match: \"x\"\r\n")), 412u);
    EXPECT_EQ(status_of(put("/new", "hello", "If-Match: *\r\n")), 412u);
    EXPECT_EQ(contents(directory_.file("ten")), "0123456789");
    EXPECT_EQ(status_of(put("/ten", "hello", "If-Match: *\r\n")), 201u);
    EXPECT_EQ(status_of(put("/new", "hello", "If-None-Match: *\r\n")), 201u);
}

TEST_F(Upload, RefusesWhatItCannotPlace) {
    struct Row {
        std::string_view target;
        unsigned status;
    };
    for (const auto& [target, status] : {Row{"/drop/", 400},
                                         {"/", 400},
                                         {"/missing/x", 409},
                                         {"/ten/x", 409},
                                         {"/drop/.hidden", 403},
                                         {"/../x", 409},
                                         {"/drop/a%0Ab", 400},
                                         {"/drop/a%2Fb", 400},
                                         {"/drop/a%00", 400}})
        EXPECT_EQ(status_of(put(target, "hello")), status) << target;
    EXPECT_EQ(status_of(put("/drop/" + std::string(300, 'n'), "hello")), 400u);
    EXPECT_TRUE(names("drop").empty());
}

TEST_F(Upload, RefusesWhatIsNotAWholeFile) {
    serve({"--max-upload=10"});
    EXPECT_EQ(status_of(put("/drop/x", "hello", "Content-Range: bytes 0-4/10\r\n")), 400u);
    EXPECT_EQ(status_of(put("/drop/x", "hello", "Content-Encoding: gzip\r\n")), 415u);
    EXPECT_EQ(status_of(put("/drop/x", "hello world")), 413u);
    EXPECT_EQ(status_of(exchange("PUT /drop/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")),
              411u);
    const auto chunked = exchange(
        "PUT /drop/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "b\r\nhello world\r\n0\r\n\r\n");
    EXPECT_EQ(status_of(chunked), 413u);
    const auto broken = exchange(
        "PUT /drop/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\nheXX\r\n");
    EXPECT_EQ(status_of(broken), 400u);
    EXPECT_TRUE(names("drop").empty());
}

TEST_F(Upload, ComparesThePromisedDigest) {
    EXPECT_EQ(
        status_of(put("/drop/x", "hello",
                      "Repr-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n")),
        400u);
    EXPECT_TRUE(names("drop").empty());
    EXPECT_EQ(status_of(put("/drop/x", "hello",
                            "Repr-Digest: md5=:x:, "
                            "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:\r\n")),
              201u);
}

TEST_F(Upload, TakesTheFormOfABrowser) {
    const auto response = post("/drop/?upload",
                               part("C:\\fakepath\\a.txt", "hello") + part("b.txt", "") +
                                   "--XY\r\nContent-Disposition: form-data; "
                                   "name=\"other\"\r\n\r\nignored\r\n",
                               "Accept: text/html,*/*\r\n");
    EXPECT_EQ(status_of(response), 201u) << response;
    EXPECT_TRUE(contains(body_of(response), hello_digest));
    EXPECT_TRUE(contains(response, "Content-Security-Policy: default-src 'none'"));
    EXPECT_EQ(names("drop"), (std::vector<std::string>{"a.txt", "b.txt"}));
    EXPECT_EQ(contents(directory_.file("drop/a.txt")), "hello");
    const auto again =
        post("/drop/", part("a.txt", "other") + part("c.txt", "new") + part(".d", ""));
    EXPECT_EQ(status_of(again), 409u);
    EXPECT_TRUE(contains(again, "not saved a.txt: there is something of this name already\n"));
    EXPECT_TRUE(contains(again, "not saved .d: files of this name are not taken\n"));
    EXPECT_TRUE(contains(again, "saved c.txt: 3 bytes"));
    EXPECT_EQ(contents(directory_.file("drop/a.txt")), "hello");
}

TEST_F(Upload, RefusesFormsThatAreNone) {
    EXPECT_EQ(status_of(post("/drop/", part("", ""))), 400u) << "no file was chosen";
    EXPECT_EQ(status_of(post("/missing/", part("a", ""))), 404u);
    EXPECT_EQ(status_of(put("/drop/x", "hello", "Origin: http://evil\r\n")), 403u);
    EXPECT_EQ(status_of(put("/drop/x", "hello", "Origin: null\r\n")), 403u);
    EXPECT_EQ(status_of(post("/drop/", part("a", "x"), "Origin: http://evil\r\n")), 403u);
    EXPECT_EQ(status_of(exchange("POST /drop/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                                 "Content-Type: application/x-www-form-urlencoded\r\n\r\na=b")),
              415u);
    EXPECT_EQ(status_of(exchange("POST /drop/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                                 "Content-Type: multipart/form-data; boundary=XY\r\n\r\n--X")),
              400u);
    std::string many;
    for (int i = 0; i < 101; ++i) many += part("f" + std::to_string(i), "");
    EXPECT_EQ(status_of(post("/drop/", many)), 413u);
    EXPECT_TRUE(names("drop").empty());
    EXPECT_EQ(status_of(put("/drop/x", "hello", "Origin: http://A\r\n")), 201u) << "our own page";
}

TEST_F(Upload, LeavesNothingWhenItEndsEarly) {
    serve();
    const auto whole = put_request("/drop/x", "hello");
    const auto form = part("y", "hello") + "--XY--\r\n";
    const auto posted =
        "POST /drop/ HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; "
        "boundary=XY\r\nContent-Length: " +
        std::to_string(form.size()) + "\r\n\r\n" + form;
    for (const auto& request : {whole, posted})
        for (std::size_t size = 1; size < request.size(); ++size) {
            LineClient client(endpoint_);
            client.send(std::string_view(request).substr(0, size));
            if (size % 2 == 0) client.reset();
        }
    server_->stop();
    EXPECT_TRUE(names("drop").empty());
}

TEST_F(Upload, WritesOneNameSideBySide) {
    serve({"--force"});
    const std::string a(200'000, 'a'), b(200'000, 'b');
    LineClient first(endpoint_), second(endpoint_);
    const auto one = put_request("/drop/x", a), other = put_request("/drop/x", b);
    first.send(std::string_view(one).substr(0, 100'000));
    second.send(std::string_view(other).substr(0, 100'000));
    first.send(std::string_view(one).substr(100'000));
    EXPECT_EQ(status_of(first.rest()), 201u);
    EXPECT_TRUE(contents(directory_.file("drop/x")) == a);
    second.send(std::string_view(other).substr(100'000));
    EXPECT_EQ(status_of(second.rest()), 201u);
    EXPECT_TRUE(contents(directory_.file("drop/x")) == b);
    EXPECT_EQ(names("drop").size(), 1u);
}

TEST_F(Upload, NeedsThePasswordThatIsAskedFor) {
    serve({"--auth-upload=teacher:secret"});
    const auto refused = put("/drop/x", "hello");
    EXPECT_EQ(status_of(refused), 401u);
    EXPECT_TRUE(
        contains(refused, "WWW-Authenticate: Basic realm=\"nettool\", charset=\"UTF-8\"\r\n"));
    EXPECT_EQ(status_of(put("/drop/x", "hello", "Authorization: Basic dGVhY2hlcjp4\r\n")), 401u);
    EXPECT_EQ(status_of(ask("/ten")), 200u) << "reading is free";
    EXPECT_TRUE(contains(ask("/drop/"), "name=\"upload\""));
    EXPECT_FALSE(contains(ask("/drop/"), "type=\"file\""));
    EXPECT_EQ(status_of(ask("/drop/?upload")), 401u);
    constexpr auto good = "Authorization: Basic dGVhY2hlcjpzZWNyZXQ=\r\n";
    EXPECT_TRUE(contains(ask("/drop/?upload", good), "type=\"file\""));
    EXPECT_TRUE(names("drop").empty());
    EXPECT_EQ(status_of(put("/drop/x", "hello", good)), 201u);
    server_->wait_for_output("127.0.0.1 - teacher [");
}

TEST_F(Upload, GivesPagesOfOthersNoRights) {
    serve();
    const auto page = ask("/page.html");
    EXPECT_TRUE(contains(page, "Content-Security-Policy: sandbox\r\n"));
    EXPECT_TRUE(contains(page, "X-Content-Type-Options: nosniff\r\n"));
    EXPECT_FALSE(contains(ask("/latin.txt"), "Content-Security-Policy"));
}

TEST_F(Upload, MakesTheDirectoryThatIsNotThere) {
    const auto missing = directory_.file("later");
    RunningCommand server("serve-http", {missing, "--port=0", "--upload"},
                          cli::Output::Format::human);
    server.endpoint();
    EXPECT_TRUE(std::filesystem::is_directory(missing));
    EXPECT_TRUE(contains(server.log(), "made the directory"));
}

}  // namespace
}  // namespace nettool::test
