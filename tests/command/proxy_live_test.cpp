// The proxy's live page: what its API says of requests, who may ask, and what open pages hear.
#include "nettool/net/resolver.hpp"
#include "support/live_page.hpp"

#include <boost/json/serialize.hpp>

namespace nettool::test {
namespace {

// An open page, from when it is heard.
class OpenPage {
public:
    explicit OpenPage(const net::Endpoint& place) : events_(place) {
        events_.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        while (!events_.receive().starts_with("retry:")) {
        }
    }

    /// The next event: its name and what it says.
    std::pair<std::string, boost::json::value> next() {
        constexpr int far = 100;  // empty lines, sizes of chunks and comments
        for (int i = 0; i < far; ++i)
            if (const auto line = events_.receive(); line.starts_with("event: "))
                return {line.substr(7), boost::json::parse(events_.receive().substr(6))};
        return {"none", {}};
    }
    /// The next one of this name.
    boost::json::value next(const std::string& name) {
        for (;;)
            if (const auto [event, value] = next(); event == name || event == "none")
                return event == name ? value : nullptr;
    }
    std::string rest() { return events_.rest(); }

private:
    LineClient events_;
};

std::uint64_t number(const boost::json::value& object, std::string_view key) {
    return object.at(key).to_number<std::uint64_t>();
}

TEST_F(LivePageTest, SendsThePageWithAPolicy) {
    start();
    const auto page = ask("/");
    for (const auto* part :
         {"Content-Type: text/html; charset=utf-8\r\n", "default-src 'none'; script-src 'self'; ",
          "frame-ancestors 'none'\r\n", "Referrer-Policy: no-referrer\r\n",
          "X-Content-Type-Options: nosniff\r\n", "<noscript>"})
        EXPECT_TRUE(contains(page, part)) << part;
    EXPECT_TRUE(contains(ask("/live.js"), "Content-Type: text/javascript; charset=utf-8\r\n"));
    EXPECT_TRUE(contains(ask("/live.css"), "Content-Type: text/css; charset=utf-8\r\n"));
    EXPECT_EQ(body_of(ask("/live.js", "", "HEAD")), "");
    const auto script = body_of(ask("/live.js"));
    EXPECT_LT(std::ranges::count(script, '\n'), 300);
    for (const auto* word : {"innerHTML", "outerHTML", "insertAdjacent", "eval(", "document.write"})
        EXPECT_FALSE(contains(script, word)) << word;
}

TEST_F(LivePageTest, KnowsItsNames) {
    start();
    const auto status_at = [this](const std::string& host, const std::string& path) {
        return status_of(exchange("GET " + path + " HTTP/1.1\r\nHost: " + host +
                                  "\r\nConnection: close\r\n\r\n"));
    };
    for (const auto& host : {std::string("127.0.0.1"), std::string("localhost:1"), net::own_name()})
        EXPECT_EQ(status_at(host, "/api/requests"), 200u) << host;
    for (const auto* path : {"/", "/api/requests", "/api/requests.har", "/api/events"})
        EXPECT_EQ(status_at("evil.example", path), 421u) << path;
}

TEST_F(LivePageTest, KeepsOtherSitesOut) {
    start();
    pass(1);
    for (const auto* fields : {"Origin: http://evil.example\r\n", "Origin: null\r\n",
                               "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n"}) {
        for (const auto* path :
             {"/api/requests", "/api/requests/1", "/api/requests.har", "/api/events"})
            EXPECT_EQ(status_of(ask(path, fields)), 403u) << path << fields;
        EXPECT_EQ(status_of(ask("/api/requests", fields, "DELETE")), 403u) << fields;
    }
    EXPECT_EQ(status_of(ask("/", "Sec-Fetch-Site: cross-site\r\n")), 200u) << "a link leads here";
    EXPECT_EQ(ids(), "1 ");
}

TEST_F(LivePageTest, KnowsThreeMethodsAndFewPaths) {
    start();
    for (const auto* method : {"POST", "PUT", "OPTIONS", "BREW"}) {
        const auto response = ask("/api/requests", "", method);
        EXPECT_EQ(status_of(response), 405u) << method;
        EXPECT_TRUE(contains(response, "Allow: GET, HEAD, DELETE\r\n")) << method;
    }
    for (const auto* path : {"/", "/api/requests/1", "/api/events", "/api/requests.har"})
        EXPECT_EQ(status_of(ask(path, "", "DELETE")), 405u) << path;
    for (const auto* path : {"/api", "/api/", "/api/requests/", "/api/requests/x", "/live",
                             "/api/requests/9", "/api/requests/-1", "/api/requests/1/x", "/%"})
        EXPECT_EQ(status_of(ask(path)), 404u) << path;
    for (const auto* path : {"/api/requests", "/api/events", "/api/requests.har"})
        EXPECT_EQ(body_of(ask(path, "", "HEAD")), "") << path;
    for (const auto* limit : {"x", "-1", "1x", "99999999999999999999999"})
        EXPECT_EQ(status_of(ask(std::string("/api/requests?limit=") + limit)), 400u) << limit;
}

TEST_F(LivePageTest, ListsTheNewestFirst) {
    start();
    EXPECT_EQ(boost::json::serialize(parsed("/api/requests")), "[]");
    for (const std::uint64_t id : {1, 2, 3}) page().begun(sample_transaction(id));
    page().ended(sample_transaction(2));
    pass(4);
    EXPECT_EQ(ids(), "4 3 2 1 ");
    EXPECT_EQ(ids("?limit=2"), "4 3 ");
    EXPECT_EQ(ids("?limit=0"), "");
    const auto answer = ask("/api/requests");
    for (const auto* field : {"X-Total-Count: 4\r\n", "X-Under-Way: 2\r\n", "X-Most-At-Once: 3\r\n",
                              "X-Proxy: 127.0.0.1:8888\r\n", "X-Time: 2"})
        EXPECT_TRUE(contains(answer, field)) << field << answer;
}

TEST_F(LivePageTest, TellsTheLineOfTheLogAndMore) {
    start();
    auto transaction = sample_transaction(7);
    page().begun(transaction);
    EXPECT_EQ(parsed("/api/requests").at(0).at("state"), "begun");
    transaction.tunnel = true;
    page().opened(transaction);
    EXPECT_EQ(parsed("/api/requests").at(0).at("state"), "opened");
    page().ended(transaction);
    EXPECT_EQ(
        boost::json::serialize(parsed("/api/requests").at(0)),
        R"({"event":"request","time":"2026-10-05T14:03:22.123456Z","client":"127.0.0.1:41234",)"
        R"("method":"GET","url":"http://h.example/x?a=1&b=%C3%A4+c","status":200,)"
        R"("sent_bytes":5120,"received_bytes":3,"time_ms":5,"server":"93.184.216.34:80",)"
        R"("connection":"new","tunnel":true,"cause":"","error":"","injected":"","id":7,)"
        R"("state":"ended","client_connection":7,"phases":{"held_ms":null,"name_ms":1,)"
        R"("connect_ms":1,"tls_ms":null,"send_ms":1,"wait_ms":1,"receive_ms":1}})");
}

TEST_F(LivePageTest, ShowsTheHeadsOfOneAndWhyTheyChange) {
    start();
    pass(1);
    const auto one = parsed("/api/requests/1");
    const auto heads = sample_transaction().heads;
    EXPECT_EQ(one.at("request_received").as_string(), heads.request_received);
    EXPECT_EQ(one.at("request_sent").as_string(), heads.request_sent);
    EXPECT_EQ(one.at("response_received").as_string(), heads.response_received);
    EXPECT_EQ(one.at("response_sent").as_string(), heads.response_sent);
    const auto& request = one.at("request");
    EXPECT_EQ(request.at("line_after"), "GET /x?a=1&b=%C3%A4+c HTTP/1.1");
    EXPECT_EQ(request.at("source"), "RFC 9112 §3.2");
    const auto& fields = request.at("fields").as_array();
    ASSERT_EQ(fields.size(), 4U);
    EXPECT_EQ(fields[0].at("change"), "same");
    EXPECT_EQ(fields[0].at("meaning_source"), "RFC 9110 §7.2");
    EXPECT_EQ(fields[1].at("change"), "removed");
    EXPECT_EQ(fields[1].at("after"), nullptr);
    EXPECT_EQ(fields[3].at("name"), "Via");
    EXPECT_EQ(fields[3].at("change"), "added");
    EXPECT_EQ(fields[3].at("source"), "RFC 9110 §7.6.3");
    EXPECT_EQ(one.at("response").at("fields").at(2).at("change"), "removed");
}

TEST_F(LivePageTest, SaysWhatPeersSayInJsonOnly) {
    start();
    auto transaction = sample_transaction(1);
    transaction.url = "http://h/<script>\xff\x1b\"";
    transaction.heads.request_received = "\xff\r\nX: \x80\r\n\r\n";
    pass(transaction);
    for (const auto* path : {"/api/requests", "/api/requests/1", "/api/requests.har"}) {
        const auto response = ask(path);
        EXPECT_TRUE(contains(response, "Content-Type: application/json\r\n")) << path;
        EXPECT_TRUE(contains(response, "X-Content-Type-Options: nosniff\r\n")) << path;
        EXPECT_EQ(response.find_first_of("\xff\x1b"), response.npos) << path;
    }
    EXPECT_EQ(parsed("/api/requests").at(0).at("url"), "http://h/<script>\ufffd\x1b\"");
}

TEST_F(LivePageTest, GivesAnArchiveOfWhatHasEnded) {
    start();
    EXPECT_TRUE(contains(body_of(ask("/api/requests.har")), "\"entries\":["));
    for (std::uint64_t id = 1; id <= 200; ++id) {
        auto transaction = sample_transaction(id);
        transaction.connection = id;
        pass(transaction);
    }
    page().begun(sample_transaction(1000));
    const auto saved = exchange("GET /api/requests.har HTTP/1.0\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(contains(saved, "Content-Disposition: attachment; filename=\"proxy.har\"\r\n"));
    const auto archive = boost::json::parse(body_of(saved));
    const auto& entries = archive.at("log").at("entries").as_array();
    ASSERT_EQ(entries.size(), 200U);
    EXPECT_EQ(entries.front().at("connection"), "1") << "the oldest first";
    EXPECT_EQ(entries.back().at("connection"), "200");
}

TEST_F(LivePageTest, TellsOpenPagesOfEachRequest) {
    start();
    OpenPage open(running_->place());
    auto transaction = sample_transaction(1);
    transaction.status = 0;
    page().begun(transaction);
    const auto begun = open.next();
    EXPECT_EQ(begun.first, "begun");
    EXPECT_EQ(number(begun.second, "id"), 1U);
    const auto counts = open.next();
    EXPECT_EQ(counts.first, "counts");
    EXPECT_EQ(number(counts.second, "under_way"), 1U);
    EXPECT_EQ(number(counts.second, "most_at_once"), 1U);
    page().opened(transaction);
    EXPECT_EQ(open.next("opened").at("state"), "opened");
    transaction.status = 200;
    page().ended(transaction);
    EXPECT_EQ(number(open.next("ended"), "status"), 200U);
    EXPECT_EQ(number(open.next("counts"), "under_way"), 0U);
    running_->stop();
    EXPECT_TRUE(open.rest().ends_with("0\r\n\r\n")) << "a regular end";
}

TEST_F(LivePageTest, TellsOnlyTheLatestOfWhatFollowsClosely) {
    start();
    OpenPage open(running_->place());
    pass(1);
    pass(2);
    std::string told;
    for (auto [event, value] = open.next(); event != "none"; std::tie(event, value) = open.next()) {
        told += event + " ";
        if (event == "counts" && number(value, "under_way") == 0 && number(value, "kept") == 2)
            break;
    }
    EXPECT_TRUE(contains(told, "ended ")) << told;
    EXPECT_EQ(ids(), "2 1 ");
}

TEST_F(LivePageTest, LetsPagesLookAnewWhereTooMuchHappens) {
    start();
    OpenPage open(running_->place());
    for (std::uint64_t id = 1; id <= 50'000; ++id) page().begun(sample_transaction(id));
    EXPECT_EQ(open.next("missed").is_object(), true);
}

TEST_F(LivePageTest, ForgetsWhatHasEndedWhenToldTo) {
    start();
    OpenPage open(running_->place());
    for (const std::uint64_t id : {1, 2, 3}) page().begun(sample_transaction(id));
    page().ended(sample_transaction(1));
    page().ended(sample_transaction(3));
    const auto answer =
        ask("/api/requests", "Origin: http://" + to_string(running_->place()) + "\r\n", "DELETE");
    EXPECT_EQ(status_of(answer), 204u);
    EXPECT_EQ(ids(), "2 ");
    EXPECT_TRUE(open.next("cleared").is_object());
    EXPECT_TRUE(contains(ask("/api/requests"), "X-Most-At-Once: 1\r\n"));
    page().ended(sample_transaction(2));
    EXPECT_EQ(parsed("/api/requests/2").at("state"), "ended");
}

TEST_F(LivePageTest, KeepsNoMoreThanItMay) {
    start({.requests = 10, .bytes = 100'000});
    for (std::uint64_t id = 1; id <= 25; ++id) pass(id);
    EXPECT_EQ(ids(), "25 24 23 22 21 20 19 18 17 16 ");
    EXPECT_EQ(status_of(ask("/api/requests/15")), 404u);
    auto big = sample_transaction(26);
    big.heads.response_received = std::string(60'000, 'x');
    pass(big);
    big.id = 27;
    pass(big);
    EXPECT_EQ(ids(), "27 ");
    big.heads.response_received.resize(100'001);
    big.id = 28;
    pass(big);
    EXPECT_EQ(ids(), "") << "the page is shown nothing rather than too much";
}

TEST_F(LivePageTest, IsToldFromManyThreads) {
    start({.requests = 100, .bytes = 1'000'000});
    OpenPage open(running_->place());
    std::vector<std::jthread> threads;
    for (std::uint64_t thread = 0; thread < 4; ++thread)
        threads.emplace_back([this, thread] {
            for (std::uint64_t i = 0; i < 500; ++i) pass(thread * 500 + i + 1);
        });
    for (int i = 0; i < 5; ++i) EXPECT_EQ(status_of(ask("/api/requests")), 200u);
    threads.clear();
    EXPECT_EQ(parsed("/api/requests").as_array().size(), 100U);
    EXPECT_TRUE(contains(ask("/api/requests"), "X-Under-Way: 0\r\n"));
    EXPECT_TRUE(open.next("counts").is_object());
}

}  // namespace
}  // namespace nettool::test
