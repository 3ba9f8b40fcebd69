// The inbox in the browser: who may look, and how the pages that are open hear of what happens.
#include "nettool/net/resolver.hpp"
#include "support/inbox.hpp"

#include <chrono>

namespace nettool::test {
namespace {

using Clock = std::chrono::steady_clock;

const std::string plain_mail = "Subject: hello\r\n\r\nx\r\n";

std::string event_of(LineClient& events) {
    constexpr int far = 100;  // empty lines, sizes of chunks and comments
    for (int i = 0; i < far; ++i)
        if (const auto line = events.receive(); line.starts_with("event: "))
            return line.substr(7) + " " + events.receive();
    return "none";
}

TEST_F(InboxTest, SendsThePageWithAPolicy) {
    start();
    const auto page = ask("/");
    for (const auto* part :
         {"Content-Type: text/html; charset=utf-8\r\n", "default-src 'none'; script-src 'self'; ",
          "frame-ancestors 'none'\r\n", "Referrer-Policy: no-referrer\r\n",
          "X-Content-Type-Options: nosniff\r\n", "<noscript>"})
        EXPECT_TRUE(contains(page, part)) << part;
    EXPECT_TRUE(contains(page, "--server " + to_string(smtp_) + " ")) << "where to send to";
    EXPECT_FALSE(contains(page, "{"));
    EXPECT_TRUE(contains(ask("/inbox.js"), "Content-Type: text/javascript; charset=utf-8\r\n"));
    EXPECT_TRUE(contains(ask("/inbox.css"), "Content-Type: text/css; charset=utf-8\r\n"));
    EXPECT_EQ(body_of(ask("/inbox.js", "", "HEAD")), "");
    EXPECT_LT(body_of(ask("/inbox.js")).size(), 12U * 1024);
}

TEST_F(InboxTest, KnowsItsNames) {
    start();
    const auto status_at = [this](const std::string& host) {
        return status_of(
            exchange("GET /api/mails HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"));
    };
    const auto own = net::own_name();
    for (const auto& host :
         {std::string("127.0.0.1"), std::string("localhost:8025"), std::string("LOCALHOST."),
          std::string("[::1]:80"), std::string("192.168.1.2:8025"), own})
        EXPECT_EQ(status_at(host), 200u) << host;
    for (const auto* host : {"evil.example", "evil.example:8025", "localhost.evil.example",
                             "127.0.0.1.evil.example", "127.0.0.1x", "alocalhost"})
        EXPECT_EQ(status_at(host), 421u) << host;
    EXPECT_EQ(
        status_of(exchange("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")),
        421u);
}

TEST_F(InboxTest, KeepsOtherSitesOut) {
    start();
    deliver(plain_mail);
    const auto own = "Origin: http://" + to_string(page_) + "\r\n";
    for (const auto& fields :
         {std::string("Origin: http://evil.example\r\n"), std::string("Origin: null\r\n"),
          "Origin: https" + own.substr(12), own + "Sec-Fetch-Site: cross-site\r\n",
          std::string("Sec-Fetch-Site: same-site\r\n")})
        for (const auto* method : {"GET", "DELETE"})
            EXPECT_EQ(status_of(ask("/api/mails", fields, method)), 403u) << fields;
    EXPECT_EQ(status_of(ask("/api/events", "Sec-Fetch-Site: cross-site\r\n")), 403u);
    EXPECT_EQ(status_of(ask("/", "Sec-Fetch-Site: cross-site\r\n")), 200u) << "a link leads here";
    EXPECT_EQ(list().size(), 1U);
    EXPECT_EQ(status_of(ask("/api/mails", own + "Sec-Fetch-Site: same-origin\r\n", "DELETE")),
              204u);
    EXPECT_EQ(list().size(), 0U);
}

TEST_F(InboxTest, KnowsThreeMethods) {
    start();
    for (const auto* method : {"POST", "PUT", "PATCH", "OPTIONS", "BREW"}) {
        const auto response = ask("/api/mails", "", method);
        EXPECT_EQ(status_of(response), 405u) << method;
        EXPECT_TRUE(contains(response, "Allow: GET, HEAD, DELETE\r\n")) << method;
    }
    EXPECT_EQ(status_of(ask("/", "", "DELETE")), 405u);
    EXPECT_EQ(status_of(ask("/api/events", "", "DELETE")), 404u);
    EXPECT_EQ(body_of(ask("/api/mails", "", "HEAD")), "");
    EXPECT_EQ(body_of(ask("/api/events", "", "HEAD")), "");
}

TEST_F(InboxTest, TellsOpenPagesAtOnce) {
    start();
    LineClient events(page_);
    events.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while (!events.receive().starts_with("retry:")) {
    }
    deliver(plain_mail);
    const auto stored = Clock::now();
    const auto mail = event_of(events);
    EXPECT_LT(Clock::now() - stored, std::chrono::seconds(1)) << "100 ms, on a machine at rest";
    EXPECT_TRUE(mail.starts_with("mail data: {\"event\":\"mail\",\"number\":1,")) << mail;
    EXPECT_TRUE(contains(mail, "\"subject\":\"hello\""));
    const auto id = newest();
    ask("/api/mails/" + id, "", "DELETE");
    EXPECT_TRUE(contains(event_of(events), "removed data: {\"event\":\"removed\",\"id\":\"" + id));
    ask("/api/mails", "", "DELETE");
    EXPECT_TRUE(contains(event_of(events), "{\"event\":\"removed\",\"id\":\"\"}"));
    EXPECT_EQ(server_->stop(), cli::ExitCode::ok);
    EXPECT_TRUE(events.rest().ends_with("0\r\n\r\n")) << "a regular end";
}

TEST_F(InboxTest, ForgetsPagesThatAreClosed) {
    start();
    for (int i = 0; i < 70; ++i) {
        LineClient events(page_);
        events.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        events.receive();
        events.reset();
        deliver(plain_mail);  // so that it is noticed
        deliver(plain_mail);
    }
    EXPECT_EQ(list("?limit=1000").size(), 140U);
}

TEST_F(InboxTest, TellsNoMoreThanSoManyPages) {
    start();
    std::vector<std::unique_ptr<LineClient>> pages;
    for (int i = 0; i < 65; ++i) {
        pages.push_back(std::make_unique<LineClient>(page_));
        pages.back()->send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_EQ(status_of(pages.back()->receive()), i < 64 ? 200u : 503u) << i;
    }
    deliver(plain_mail);
    pages.pop_back();
    std::size_t told = 0;
    for (const auto& page : pages) told += event_of(*page).starts_with("mail ") ? 1 : 0;
    EXPECT_EQ(told, 64U);
}

}  // namespace
}  // namespace nettool::test
