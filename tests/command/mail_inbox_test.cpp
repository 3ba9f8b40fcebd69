// The inbox in the browser: what its API answers, and whom.
#include "support/inbox.hpp"

#include <boost/json/serialize.hpp>

namespace nettool::test {
namespace {

using cli::ExitCode;

std::string mail_about(const std::string& subject) {
    return "Subject: " + subject + "\r\n\r\nx\r\n";
}

TEST_F(InboxTest, SaysWhereItIs) {
    start();
    EXPECT_TRUE(contains(server_->output(), "{\"event\":\"page\",\"url\":\"http://127.0.0.1:" +
                                                std::to_string(page_.port) + "/\"}\n"));
    EXPECT_EQ(server_->stop(), ExitCode::ok);
}

TEST_F(InboxTest, TellsWhatTheCommandLineTells) {
    start();
    deliver(rich_mail);
    deliver(mail_about("plain"));
    const auto listed =
        run_to_end("mail-server", {"--store=" + store(), "--list"}, "", cli::Output::Format::json);
    const auto lines = list();
    ASSERT_EQ(lines.size(), 2U);
    std::string oldest_first;
    for (auto i = lines.size(); i-- > 0;) oldest_first += boost::json::serialize(lines[i]) + "\n";
    EXPECT_EQ(oldest_first, listed.output);
    const auto shown = run_to_end("mail-server", {"--store=" + store(), "--show=1"}, "",
                                  cli::Output::Format::json);
    const auto id = std::string(lines[1].at("id").as_string());
    EXPECT_EQ(body_of(ask("/api/mails/" + id)), shown.output);
    EXPECT_TRUE(contains(shown.output, "\"text\":\"hello bob\"")) << shown.output;
}

TEST_F(InboxTest, ListsTheNewestFirstAndInPieces) {
    start();
    for (const auto* subject : {"one", "two", "three", "four"}) deliver(mail_about(subject));
    EXPECT_EQ(subjects(""), "four three two one ");
    EXPECT_EQ(subjects("?limit=3"), "four three two ");
    const auto two = std::string(list().at(2).at("id").as_string());
    EXPECT_EQ(subjects("?limit=3&before=" + two), "one ");
    EXPECT_EQ(subjects("?query=TW"), "two ");
    EXPECT_EQ(subjects("?query=ANN%40example+"), "");
    EXPECT_EQ(subjects("?query=ANN%40example&limit=1"), "four ");
    EXPECT_TRUE(contains(ask("/api/mails?limit=1"), "\r\nX-Total-Count: 4\r\n"));
    EXPECT_EQ(status_of(ask("/api/mails?before=nothing")), 404u);
    for (const auto* limit : {"1001", "-1", "x", "99999999999999999999"})
        EXPECT_EQ(status_of(ask(std::string("/api/mails?limit=") + limit)), 400u) << limit;
}

TEST_F(InboxTest, KnowsNoMailThatIsNotThere) {
    start();
    deliver(rich_mail);
    write_file(directory_.file("secret"), "secret");
    const auto id = newest();
    for (const auto& path :
         {std::string("/api/mails/nothing"), std::string("/api/mails/..%2f..%2fsecret/source"),
          std::string("/api/mails/../../secret/source"), std::string("/api/mails/%2e%2e/source"),
          std::string("/api/mails/new"), "/api/mails/new%2F" + id, "/api/mails/" + id + "%00",
          "/api/mails/" + id + "/", "/api/mails/" + id + "/parts", "/api/mails/" + id + "/parts/0",
          "/api/mails/" + id + "/parts/5", "/api/mails/" + id + "/parts/-1",
          "/api/mails/" + id + "/source/x", std::string("/api"), std::string("/inbox"),
          std::string("/%")}) {
        const auto response = ask(path);
        const auto status = status_of(response);
        // A slash at the end is no other mail.
        if (path == "/api/mails/" + id + "/") continue;
        EXPECT_TRUE(status == 404 || status == 400) << path << status;
        EXPECT_FALSE(contains(response, "secret")) << path;
    }
}

TEST_F(InboxTest, GivesTheSourceAsItCame) {
    start();
    deliver(rich_mail);
    const auto shown = ask("/api/mails/" + newest() + "/source");
    EXPECT_TRUE(contains(shown, "Content-Type: text/plain; charset=utf-8\r\n"));
    EXPECT_TRUE(contains(shown, "X-Content-Type-Options: nosniff\r\n"));
    EXPECT_TRUE(body_of(shown).ends_with(rich_mail)) << "a Received field may stand before it";
    const auto saved = ask("/api/mails/" + newest() + "/source?download");
    EXPECT_TRUE(contains(saved, "Content-Type: message/rfc822\r\n"));
    EXPECT_TRUE(
        contains(saved, "Content-Disposition: attachment; filename=\"" + newest() + ".eml\""));
    EXPECT_EQ(body_of(saved), body_of(shown));
}

TEST_F(InboxTest, GivesPartsThatRunNowhere) {
    start();
    deliver(rich_mail);
    const auto picture = ask("/api/mails/" + newest() + "/parts/3");
    EXPECT_EQ(body_of(picture), "PNG");
    EXPECT_TRUE(contains(picture, "Content-Type: image/png\r\n"));
    EXPECT_TRUE(contains(picture, "Content-Disposition: attachment; filename=\"part-3\"\r\n"));
    const auto page = ask("/api/mails/" + newest() + "/parts/4");
    EXPECT_EQ(body_of(page), "<script>y</script>");
    EXPECT_TRUE(contains(page, "Content-Type: application/octet-stream\r\n"));
    EXPECT_TRUE(contains(page, "Content-Disposition: attachment; filename=\"_._")) << page;
    EXPECT_FALSE(contains(page, "\r\nX:1")) << page;
    for (const auto& response : {picture, page}) {
        EXPECT_TRUE(contains(response, "X-Content-Type-Options: nosniff\r\n"));
        EXPECT_TRUE(contains(response, "Content-Security-Policy: sandbox; default-src 'none'\r\n"));
    }
}

TEST_F(InboxTest, GivesTheHtmlToASandbox) {
    start();
    deliver(rich_mail);
    const auto html = ask("/api/mails/" + newest() + "/html");
    EXPECT_TRUE(
        contains(html, "Content-Security-Policy: sandbox; default-src 'none'; img-src data:;"));
    EXPECT_FALSE(contains(html, "allow-"));
    EXPECT_TRUE(contains(html, "<img src=\"data:image/png;base64,UE5H\">")) << html;
    deliver(mail_about("plain"));
    EXPECT_EQ(status_of(ask("/api/mails/" + newest() + "/html")), 404u);
}

TEST_F(InboxTest, GivesNoHtmlThatConnects) {
    start();
    deliver("Content-Type: text/html\r\n\r\n<LINK rel=preconnect href=//x><link\r\n>\r\n");
    EXPECT_EQ(body_of(ask("/api/mails/" + newest() + "/html")),
              "<meta rel=preconnect href=//x><meta\r\n>\r\n");
}

TEST_F(InboxTest, DeletesOneAndAll) {
    start();
    for (const auto* subject : {"one", "two", "three"}) deliver(mail_about(subject));
    EXPECT_EQ(status_of(ask("/api/mails/" + newest(), "", "DELETE")), 204u);
    EXPECT_EQ(subjects(""), "two one ");
    EXPECT_EQ(status_of(ask("/api/mails/" + newest() + "/source", "", "DELETE")), 405u);
    EXPECT_EQ(status_of(ask("/api/mails/nothing", "", "DELETE")), 404u);
    EXPECT_EQ(status_of(ask("/api/mails", "", "DELETE")), 204u);
    EXPECT_EQ(subjects(""), "");
    EXPECT_EQ(names_in(store() + "/new") + names_in(store() + "/envelopes"), "");
}

TEST_F(InboxTest, GoesRoundWhatIsNoMail) {
    start();
    deliver(mail_about("one"));
    std::filesystem::create_directory(store() + "/new/0.directory");
    EXPECT_EQ(subjects(""), "one ");
    EXPECT_EQ(status_of(ask("/api/mails/0.directory", "", "DELETE")), 404u);
    EXPECT_EQ(status_of(ask("/api/mails", "", "DELETE")), 204u);
    EXPECT_EQ(names_in(store() + "/new"), "0.directory ");
}

TEST_F(InboxTest, FindsWhatSomebodyElseHasTaken) {
    start();
    deliver(mail_about("taken"));
    const auto id = newest();
    EXPECT_EQ(run_to_end("mail-server", {"--store=" + store(), "--wait"}).code, ExitCode::ok);
    EXPECT_TRUE(list().at(0).at("seen").as_bool());
    EXPECT_EQ(status_of(ask("/api/mails/" + id)), 200u);
}

TEST_F(InboxTest, EndsWithTheMailServer) {
    start({"--exit-after=1"});
    LineClient events(page_);
    events.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while (!events.receive().starts_with("retry:")) {
    }
    deliver(mail_about("last"));
    EXPECT_EQ(server_->wait(), ExitCode::ok);
    const auto told = events.rest();
    EXPECT_TRUE(told.ends_with("0\r\n\r\n")) << told;
}

TEST_F(InboxTest, RefusesWhatMakesNoSense) {
    for (const auto* option : {"--discard", "--list", "--show=1", "--wait"})
        EXPECT_EQ(run_to_end("mail-server", {"--web=0", option}).code, ExitCode::usage) << option;
    start();
    const auto taken = std::to_string(page_.port);
    const auto second =
        run_to_end("mail-server", {"--store=" + store(), "--port=0", "--web=" + taken});
    EXPECT_EQ(second.code, ExitCode::local);
    EXPECT_TRUE(contains(second.log, "Address already in use")) << second.log;
}

}  // namespace
}  // namespace nettool::test
