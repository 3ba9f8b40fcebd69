// What a class needs of serve-http beside the files: passwords, codings, archives, TLS by mistake.
#include "nettool/proto/web/content_decoder.hpp"
#include "support/serve_http.hpp"

#include <algorithm>

namespace nettool::test {
namespace {

using cli::ExitCode;

std::string decoded(std::string_view coding, std::string_view coded) {
    std::string text;
    const auto decoder = proto::ContentDecoder::make(coding);
    decoder->decode(coded, [&](std::string_view piece) { text += piece; });
    return decoder->whole() ? text : "cut short";
}

TEST_F(ServeHttp, LetsInWhoKnowsThePassword) {
    write_file(directory_.file("users"), "bob:key\n");
    start({"--auth=ann:secret", "--auth-file=" + directory_.file("users")});
    for (const auto* target : {"/ten", "/", "/missing", "/%"})
        EXPECT_EQ(status_of(ask(target)), 401u) << target;
    EXPECT_EQ(status_of(ask("/ten", "Authorization: Basic YW5uOnNlY3JldA==\r\n")), 200u);
    EXPECT_EQ(status_of(ask("/ten", "Authorization: Basic Ym9iOmtleQ==\r\n")), 200u);
    EXPECT_EQ(status_of(ask("/ten", "Authorization: Basic Ym9iOnNlY3JldA==\r\n")), 401u);
}

TEST(ServeHttpOptions, RefusesWhatMakesNoSense) {
    for (const auto* option : {"--auth=nobody", "--force", "--auth-upload=a:b"})
        EXPECT_EQ(run_to_end("serve-http", {option}).code, ExitCode::usage) << option;
    EXPECT_EQ(run_to_end("serve-http", {"--auth-file=/missing"}).code, ExitCode::local);
}

TEST_F(ServeHttp, SendsWhatStandsThereCompressed) {
    write_file(directory_.file("ten.gz"), "packed");
    const auto plain = ask("/ten");
    EXPECT_EQ(body_of(plain), "0123456789");
    const auto packed = ask("/ten", "Accept-Encoding: gzip, br\r\n");
    EXPECT_EQ(body_of(packed), "packed");
    EXPECT_TRUE(contains(packed, "Content-Encoding: gzip\r\n"));
    EXPECT_TRUE(contains(packed, "Vary: Accept-Encoding\r\n"));
    EXPECT_TRUE(contains(packed, "Content-Type: application/octet-stream\r\n")) << "that of /ten";
    const auto tag_of = [](const std::string& response) {
        const auto at = response.find("ETag: ");
        return response.substr(at, response.find('\r', at) - at);
    };
    EXPECT_NE(tag_of(plain), tag_of(packed));
    EXPECT_EQ(body_of(ask("/ten", "Accept-Encoding: br\r\n")), "0123456789");
    EXPECT_EQ(body_of(ask("/ten", "Accept-Encoding: gzip\r\nRange: bytes=0-1\r\n")), "01");
}

TEST_F(ServeHttp, SendsTheNeighbourThatTheClientLikesBest) {
    write_file(directory_.file("ten.gz"), "packed");
    write_file(directory_.file("ten.br"), "brotli");
    EXPECT_EQ(body_of(ask("/ten", "Accept-Encoding: gzip, br\r\n")), "brotli");
    EXPECT_EQ(body_of(ask("/ten", "Accept-Encoding: gzip, br;q=0.5\r\n")), "packed");
    const auto old =
        std::filesystem::last_write_time(directory_.file("ten")) - std::chrono::hours(1);
    for (const auto* name : {"ten.br", "ten.gz"})
        std::filesystem::last_write_time(directory_.file(name), old);
    EXPECT_EQ(body_of(ask("/ten", "Accept-Encoding: gzip, br\r\n")), "0123456789")
        << "of another time";
}

TEST_F(ServeHttp, CompressesOnTheFly) {
    std::string text;
    for (int i = 0; i < 60'000; ++i) text += "line " + std::to_string(i % 50) + "\n";
    write_file(directory_.file("long.txt"), text);
    write_file(directory_.file("short.txt"), text.substr(0, 1000));
    write_file(directory_.file("photo.jpg"), text);
    start({"--compress"});
    for (const auto* coding : {"gzip", "br", "zstd"}) {
        const auto field = "Accept-Encoding: " + std::string(coding) + "\r\n";
        const auto small = ask("/short.txt", field);
        EXPECT_EQ(decoded(coding, body_of(small)), text.substr(0, 1000)) << coding;
        EXPECT_TRUE(contains(small, "Content-Length: ")) << "its length is known";
        // Of HTTP/1.0, where the body ends with the connection.
        const auto large = exchange("GET /long.txt HTTP/1.0\r\n" + field + "\r\n");
        EXPECT_TRUE(decoded(coding, body_of(large)) == text) << coding;
        EXPECT_LT(large.size(), text.size() / 10);
        EXPECT_TRUE(contains(large, "Vary: Accept-Encoding\r\n"));
        EXPECT_TRUE(contains(large, "ETag: W/"));
        const auto listing = exchange("GET / HTTP/1.0\r\n" + field + "\r\n");
        EXPECT_TRUE(contains(decoded(coding, body_of(listing)), "long.txt")) << coding;
    }
    EXPECT_TRUE(contains(ask("/short.txt"), "Vary: Accept-Encoding\r\n"));
    EXPECT_EQ(body_of(ask("/short.txt")), text.substr(0, 1000));
    EXPECT_FALSE(contains(ask("/photo.jpg", "Accept-Encoding: gzip\r\n"), "Content-Encoding"));
    EXPECT_FALSE(contains(ask("/ten", "Accept-Encoding: gzip\r\n"), "Content-Encoding"))
        << "too short";
    const auto head = exchange(
        "HEAD /long.txt HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n"
        "Connection: close\r\n\r\n");
    EXPECT_TRUE(contains(head, "Content-Encoding: br\r\n"));
    EXPECT_EQ(body_of(head), "");
}

TEST_F(ServeHttp, AnswersConditionsOfEachCoding) {
    write_file(directory_.file("long.txt"), std::string(1000, 'x'));
    start({"--compress"});
    const auto first = ask("/long.txt", "Accept-Encoding: gzip\r\n");
    const auto at = first.find("ETag: ") + 6;
    const auto condition =
        "If-None-Match: " + first.substr(at, first.find("\r\n", at) - at) + "\r\n";
    EXPECT_EQ(status_of(ask("/long.txt", condition + "Accept-Encoding: gzip\r\n")), 304u);
    EXPECT_EQ(status_of(ask("/long.txt", condition + "Accept-Encoding: br\r\n")), 200u);
    EXPECT_EQ(status_of(ask("/long.txt", condition)), 200u);
}

TEST_F(ServeHttp, SortsAndFiltersWithoutAScript) {
    const auto order = [this](std::string_view query) {
        const auto page = ask("/?" + std::string(query));
        std::vector<std::pair<std::size_t, char>> places;
        for (const auto* name : {"\"d/\"", "\"latin.txt\"", "\"page.html\"", "\"ten\""})
            if (page.find(name) != page.npos) places.emplace_back(page.find(name), name[1]);
        std::ranges::sort(places);
        std::string letters;
        for (const auto& place : places) letters += place.second;
        return letters;
    };
    EXPECT_EQ(order(""), "dlpt");
    EXPECT_EQ(order("sort=-name"), "dtpl");
    EXPECT_EQ(order("sort=size"), "dlpt");
    EXPECT_EQ(order("sort=-size"), "dtpl");
    EXPECT_EQ(order("filter=T&sort=-name"), "tpl");
    EXPECT_EQ(order("filter=nothing"), "");
}

TEST_F(ServeHttp, PacksADirectory) {
    write_file(directory_.file("d/\xc3\xa4.txt"), std::string(100'000, 'x'));
    std::filesystem::create_symlink("..", directory_.file("d/loop"));
    EXPECT_FALSE(contains(ask("/"), "name=\"archive\""));
    EXPECT_EQ(status_of(ask("/d/?archive=tar")), 200u) << "a listing";
    start({"--archive"});
    const auto tar = exchange("GET /d/?archive=tar HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(contains(tar, "Content-Type: application/x-tar\r\n"));
    EXPECT_TRUE(contains(tar, "Content-Disposition: attachment; filename*=UTF-8''d.tar\r\n"));
    EXPECT_TRUE(contains(tar, "d/a b#.txt"));
    EXPECT_TRUE(contains(tar, "path=d/\xc3\xa4.txt\n")) << "UTF-8, as pax has it";
    EXPECT_FALSE(contains(tar, "d/loop"));
    EXPECT_EQ(body_of(tar).size() % 512, 0u);
    EXPECT_FALSE(contains(tar, ".secret"));
    const auto zip = body_of(exchange("GET /?archive=zip HTTP/1.0\r\n\r\n"));
    EXPECT_TRUE(zip.starts_with("PK\3\4"));
    EXPECT_TRUE(contains(zip, "PK\5\6")) << "it has its directory";
    EXPECT_LT(zip.size(), 10'000u);
    EXPECT_EQ(status_of(ask("/?archive=rar")), 404u);
}

TEST_F(ServeHttp, EndsAnArchiveThatWouldHaveTooMuch) {
    start({"--archive", "--max-entries=3"});
    const auto tar = exchange("GET /?archive=tar HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_FALSE(contains(tar, "\r\n0\r\n\r\n")) << "the end of the chunks does not come";
}

TEST_F(ServeHttp, TellsWhoForgotTheS) {
    start({"--tls"});
    const auto response =
        exchange("GET /a?b HTTP/1.1\r\nHost: lab.example:80\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(status_of(response), 307u);
    EXPECT_TRUE(contains(
        response, "Location: https://lab.example:" + std::to_string(endpoint_.port) + "/a?b\r\n"))
        << response;
    EXPECT_TRUE(contains(body_of(response), "speaks HTTPS"));
    EXPECT_TRUE(
        contains(exchange("GET / HTTP/1.0\r\n\r\n"),
                 "Location: https://127.0.0.1:" + std::to_string(endpoint_.port) + "/\r\n"));
}

}  // namespace
}  // namespace nettool::test
