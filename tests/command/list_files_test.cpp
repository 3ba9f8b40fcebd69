#include "support/running_command.hpp"
#include "support/scripted_http.hpp"
#include "support/serve_http.hpp"

namespace nettool::test {
namespace {

using cli::ExitCode;

/// list-files of what serve-http lists.
class ListFiles : public ServeHttp {
protected:
    ListFiles() {
        std::filesystem::create_directories(directory_.file("d/e"));
        write_file(directory_.file("d/e/deep.TXT"), "deep");
        write_file(directory_.file("line\nfeed"), "");
    }
    std::string url(const std::string& path = "/") {
        if (!server_) start();
        return "http://127.0.0.1:" + std::to_string(endpoint_.port) + path;
    }
    Outcome list(std::vector<std::string> arguments,
                 cli::Output::Format format = cli::Output::Format::human) {
        return run_to_end("list-files", std::move(arguments), {}, format);
    }
};

std::string page(const std::string& body, const std::string& type = "text/html") {
    return "HTTP/1.1 200 OK\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(ListFiles, NamesTheEntriesOneALine) {
    const auto outcome = list({url()});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(outcome.output, "d/\nlatin.txt\nline\\x0afeed\npage.html\nten\n");
    EXPECT_EQ(list({url("/d")}).output, "e/\na b#.txt\n") << "redirected to the slash";
}

TEST_F(ListFiles, ChoosesByExtensionAndPattern) {
    EXPECT_EQ(list({url(), "--ext", ".txt"}).output, "latin.txt\n");
    EXPECT_EQ(list({url(), "--ext", "html", "--ext", "TXT"}).output, "latin.txt\npage.html\n");
    EXPECT_EQ(list({url(), "--glob", "*[en]"}).output, "ten\n");
    EXPECT_EQ(list({url(), "--ext", ".txt", "-r"}).output, "latin.txt\nd/a b#.txt\nd/e/deep.TXT\n");
}

TEST_F(ListFiles, WritesNamesForScripts) {
    const auto outcome = list({url(), "-0"});
    EXPECT_EQ(outcome.output, std::string("d/\0latin.txt\0line\nfeed\0page.html\0ten\0", 37));
}

TEST_F(ListFiles, ShowsSizesAndTimes) {
    const auto outcome = list({url(), "--long", "--glob=ten"});
    EXPECT_TRUE(outcome.output.starts_with("          10 20")) << outcome.output;
    EXPECT_TRUE(outcome.output.ends_with("Z ten\n")) << outcome.output;
    const auto json = list({url(), "--glob=ten"}, cli::Output::Format::json);
    EXPECT_TRUE(contains(json.output, R"("type":"file","size_bytes":10,"size":"10",)"))
        << json.output;
}

TEST_F(ListFiles, ReadsJsonToo) {
    EXPECT_EQ(list({url("/?format=json")}).output,
              "d/\nlatin.txt\nline\\x0afeed\npage.html\nten\n");
}

TEST_F(ListFiles, RefusesWhatIsNoListing) {
    const auto text = list({url("/latin.txt")});
    EXPECT_EQ(text.code, ExitCode::refused);
    EXPECT_TRUE(contains(text.log, "is text/plain, and no listing")) << text.log;
    EXPECT_EQ(list({url("/nothing/")}).code, ExitCode::refused);
    EXPECT_EQ(list({"http://127.0.0.1:1/"}).code, ExitCode::network);
    EXPECT_EQ(list({"gopher://a/"}).code, ExitCode::usage);
    ScriptedHttp bad({page("[", "application/json")});
    EXPECT_EQ(list({bad.url()}).code, ExitCode::local);
    ScriptedHttp big({page(std::string(2000, ' '))});
    EXPECT_EQ(list({big.url(), "--max-size=1K"}).code, ExitCode::local);
}

TEST_F(ListFiles, IsNotLedInCircles) {
    const std::string circle = "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n";
    const auto root = page("<a href=loop/>l</a><a href=x>x</a>");
    ScriptedHttp server({root, circle, root});
    const auto outcome = list({server.url(), "-r"});
    EXPECT_EQ(outcome.output, "x\n");
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    const auto deeper = page("<a href=down/>d</a>");
    ScriptedHttp well({deeper, deeper, deeper});
    const auto bounded = list({well.url(), "-r", "--max-depth=2"});
    EXPECT_TRUE(contains(bounded.log, "is too deep (--max-depth)")) << bounded.log;
    ScriptedHttp many({deeper, deeper});
    EXPECT_EQ(list({many.url(), "-r", "--max-pages=2"}).code, ExitCode::local);
}

TEST_F(ListFiles, GoesOnBehindADirectoryThatIsRefused) {
    ScriptedHttp server({page("<a href=no/>n</a><a href=yes/>y</a>"),
                         "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
                         page("<a href=x>x</a>")});
    const auto outcome = list({server.url(), "-r"});
    EXPECT_EQ(outcome.output, "yes/x\n");
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(contains(outcome.log, "no/: 403 Forbidden")) << outcome.log;
}

}  // namespace
}  // namespace nettool::test
