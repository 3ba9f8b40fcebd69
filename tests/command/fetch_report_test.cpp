#include "support/running_command.hpp"
#include "support/scripted_http.hpp"
#include "support/serve_http.hpp"

namespace nettool::test {
namespace {

using cli::ExitCode;

/// fetch-report of what serve-http serves.
class FetchReport : public ServeHttp {
protected:
    std::string url(const std::string& path) {
        if (!server_) start();
        return "http://127.0.0.1:" + std::to_string(endpoint_.port) + path;
    }
    Outcome report(std::vector<std::string> arguments,
                   cli::Output::Format format = cli::Output::Format::human) {
        return run_to_end("fetch-report", std::move(arguments), {}, format);
    }
};

// The times out of it, which are never the same.
std::string without_times(const std::string& text) {
    std::string rest;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find('\n', begin) + 1;
        const auto line = text.substr(begin, end - begin);
        if (line.find(" time: ") == line.npos) rest += line;
        begin = end;
    }
    return rest;
}

TEST_F(FetchReport, SaysWhatCame) {
    const auto outcome = report({url("/ten")});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(without_times(outcome.output),
              "url: " + url("/ten") +
                  "\nstatus: 200 OK\nsize: 10\ntype: application/octet-stream\n"
                  "fragment 1: 0-9 md5 781e5e245d69b566979b86e28d23f2c7\n");
    EXPECT_TRUE(contains(outcome.output, "\nresponse time: "));
    EXPECT_TRUE(contains(outcome.output, " ms\ntotal time: "));
}

TEST_F(FetchReport, NamesWhereRedirectsLed) {
    const auto outcome = report({url("/d")});
    EXPECT_TRUE(contains(outcome.output, "url: " + url("/d") + "\nfinal url: " + url("/d/") +
                                             "\nredirects: 1\nstatus: 200 OK\n"))
        << outcome.output;
}

TEST_F(FetchReport, ReportsAnErrorStatusToo) {
    const auto outcome = report({url("/nothing")});
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(contains(outcome.output, "status: 404 Not Found\n")) << outcome.output;
    EXPECT_TRUE(contains(outcome.output, "fragment 1: 0-")) << outcome.output;
}

TEST_F(FetchReport, ReportsWhatCameOfACutBody) {
    ScriptedHttp cut({"HTTP/1.1 200\r\nContent-Length: 1500\r\n\r\n" + std::string(1200, 'x')});
    const auto path = directory_.file("report");
    EXPECT_EQ(report({cut.url(), "-o", path}).code, ExitCode::network);
    const auto text = contents(path);
    EXPECT_TRUE(contains(text, "size: 1200\ntype: unknown\n")) << text;
    EXPECT_TRUE(contains(text, "error: http://127.0.0.1:" + cut.port() +
                                   "/ was cut short after 1200 of 1500 bytes\n"))
        << text;
    EXPECT_TRUE(contains(text, "fragment 2: 1000-1199 md5 ")) << text;
}

TEST_F(FetchReport, ReportsThatNobodyIsThere) {
    const auto outcome = report({"http://127.0.0.1:1/"});
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_EQ(
        outcome.output,
        "url: http://127.0.0.1:1/\nerror: cannot connect to 127.0.0.1:1: Connection refused\n");
}

TEST_F(FetchReport, LooksAtTheBytesOnTheWire) {
    ScriptedHttp coded(
        {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
         "1\r\nx\r\n0\r\n\r\n"});
    const auto outcome = report({coded.url()});
    EXPECT_TRUE(contains(outcome.output, "size: 1\n")) << outcome.output;
    EXPECT_TRUE(contains(outcome.output, "encoding: gzip\n")) << outcome.output;
    EXPECT_TRUE(contains(outcome.output, "md5 9dd4e461268c8034f5c8564e155c67a6\n"));
    EXPECT_TRUE(contains(coded.requests().at(0), "Accept-Encoding: identity\r\n"));
}

TEST_F(FetchReport, VerifiesAFile) {
    for (const std::size_t size : {0UL, 1UL, 999UL, 1000UL, 1001UL, 2000UL, 10'000'000UL}) {
        std::string body(size, '\0');
        for (std::size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 7 / 5);
        write_file(directory_.file("body"), body);
        const auto path = directory_.file("report");
        EXPECT_EQ(report({url("/body"), "-o", path}).code, ExitCode::ok);
        const auto same = report({"--verify", path, directory_.file("body")});
        EXPECT_EQ(same.code, ExitCode::ok) << same.output;
        EXPECT_TRUE(contains(same.output,
                             "all " + std::to_string((size + 999) / 1000) + " fragments agree"))
            << same.output;
        if (size < 2000) continue;
        body[1500] ^= 1;
        write_file(directory_.file("body"), body + "more");
        const auto other = report({"--verify", path, directory_.file("body")});
        EXPECT_EQ(other.code, ExitCode::refused);
        EXPECT_TRUE(contains(other.output, "fragment 2 (1000-1999) differs\n")) << other.output;
        EXPECT_TRUE(contains(other.output, "is not in the report\n")) << other.output;
    }
    EXPECT_EQ(report({"--verify", "/nonexistent", "/dev/null"}).code, ExitCode::local);
    EXPECT_EQ(report({"--verify", "/dev/null"}).code, ExitCode::usage);
}

TEST_F(FetchReport, IsOneObjectAsJson) {
    const auto outcome = report({url("/ten")}, cli::Output::Format::json);
    EXPECT_TRUE(
        contains(outcome.output, R"("fragments":[{"number":1,"first":0,"last":9,"md5":"781e5e24)"))
        << outcome.output;
    EXPECT_EQ(std::ranges::count(outcome.output, '\n'), 1);
}

TEST_F(FetchReport, LeavesNoReportBehindThatIsNotWhole) {
    EXPECT_EQ(report({url("/ten"), "-o", "/dev/full"}).code, ExitCode::local);
    EXPECT_EQ(report({url("/ten"), "-o", directory_.file("no/such/dir")}).code, ExitCode::local);
}

}  // namespace
}  // namespace nettool::test
