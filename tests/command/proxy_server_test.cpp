// The proxy between real clients and a real server, on four threads.
#include "support/serve_http.hpp"

#include <boost/json/parse.hpp>

#include <atomic>
#include <thread>

namespace nettool::test {
namespace {

using cli::ExitCode;

class ProxyServer : public ServeHttp {
protected:
    void start_proxy(std::vector<std::string> options = {}) {
        if (!server_) start();
        std::vector<std::string> arguments = {"--port=0", "--threads=4"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        proxy_ = std::make_unique<RunningCommand>("proxy-server", arguments);
        at_ = proxy_->endpoint();
    }

    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(endpoint_.port) + path;
    }
    static std::string request(const std::string& target, const std::string& fields = "") {
        return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
    }
    std::string through(const std::string& bytes) {
        if (!proxy_) start_proxy();
        LineClient client(at_);
        client.send(bytes);
        return client.rest();
    }
    std::string fetch(const std::string& path) {
        if (!server_) start();
        return through(request(url(path), "Connection: close\r\n"));
    }

    std::unique_ptr<RunningCommand> proxy_;
    net::Endpoint at_;
};

TEST_F(ProxyServer, PassesOnWhatIsAskedFor) {
    const auto answer = fetch("/ten");
    EXPECT_EQ(status_of(answer), 200u);
    EXPECT_EQ(body_of(answer), "0123456789");
    EXPECT_TRUE(contains(answer, "\r\nVia: 1.1 nettool-"));
    proxy_->wait_for_output("\"event\":\"request\"");
    auto line = proxy_->output();
    line = line.substr(line.find("{\"event\":\"request\""));
    const auto told = boost::json::parse(line.substr(0, line.find('\n')));
    EXPECT_EQ(told.at("method"), "GET");
    EXPECT_EQ(told.at("url"), boost::json::string(url("/ten")));
    EXPECT_EQ(told.at("status"), 200);
    EXPECT_EQ(told.at("sent_bytes"), 10);
    EXPECT_EQ(told.at("connection"), "new");
    EXPECT_EQ(told.at("server"), boost::json::string(to_string(endpoint_)));
}

TEST_F(ProxyServer, AnswersRequestsBehindOneAnotherInOrder) {
    start_proxy();
    const auto answers = through(request(url("/ten")) + request(url("/page.html")) +
                                 request(url("/ten"), "Connection: close\r\n"));
    const auto page = answers.find("<p>");
    EXPECT_LT(answers.find("0123456789"), page);
    EXPECT_GT(answers.rfind("0123456789"), page);
}

TEST_F(ProxyServer, ServesManyAtOnceOnSeveralThreads) {
    start_proxy({"--connect-ports=*"});
    std::atomic<int> right = 0;
    std::vector<std::jthread> clients;
    for (int i = 0; i < 8; ++i)
        clients.emplace_back([&, i] {
            for (int n = 0; n < 12; ++n) {
                LineClient client(at_);
                if ((i + n) % 3 == 0) {
                    client.send("CONNECT 127.0.0.1:" + std::to_string(endpoint_.port) +
                                " HTTP/1.1\r\nHost: h\r\n\r\n" +
                                get("/ten", "Connection: close\r\n"));
                    right += contains(client.rest(), "\r\n\r\n0123456789");
                    continue;
                }
                client.send(request(url("/ten")) + request(url("/none")) +
                            request("http://127.0.0.1:1/", "Connection: close\r\n"));
                const auto all = client.rest();
                right +=
                    contains(all, "0123456789") && contains(all, " 404 ") && contains(all, " 502 ");
            }
        });
    clients.clear();
    EXPECT_EQ(right, 8 * 12);
    EXPECT_EQ(proxy_->stop(), ExitCode::ok);
}

TEST_F(ProxyServer, KeepsSecretsToItself) {
    start_proxy({"--auth=ada:secret"});
    EXPECT_EQ(status_of(through(request(url("/ten"), "Connection: close\r\n"))), 407u);
    const auto answer =
        through(request("http://u:pass@127.0.0.1:" + std::to_string(endpoint_.port) + "/ten",
                        "Proxy-Authorization: Basic YWRhOnNlY3JldA==\r\nConnection: close\r\n"));
    EXPECT_EQ(body_of(answer), "0123456789");
    EXPECT_EQ(proxy_->stop(), ExitCode::ok);
    for (const auto* secret : {"secret", "pass@", "YWRh"})
        EXPECT_FALSE(contains(proxy_->output(), secret)) << secret;
}

TEST_F(ProxyServer, IsAskedTheTextbooksWayInALab) {
    start_proxy({"--lab"});
    const auto path = "/127.0.0.1:" + std::to_string(endpoint_.port) + "/ten";
    EXPECT_EQ(body_of(through("GET " + path + " HTTP/1.0\r\n\r\n")), "0123456789");
}

TEST_F(ProxyServer, StandsInFrontOfOneServer) {
    start();
    start_proxy({"--reverse=" + url("")});
    EXPECT_EQ(body_of(through(get("/ten", "Connection: close\r\n"))), "0123456789");
    const auto redirect = through(get("/d", "Connection: close\r\n"));
    EXPECT_TRUE(contains(redirect, "\r\nLocation: /d/\r\n")) << redirect;
}

TEST_F(ProxyServer, AsksAnotherProxy) {
    start();
    RunningCommand inner("proxy-server", {"--port=0", "--connect-ports=*"});
    start_proxy({"--upstream=http://" + to_string(inner.endpoint()), "--connect-ports=*"});
    const auto answer = fetch("/ten");
    EXPECT_EQ(body_of(answer), "0123456789");
    EXPECT_NE(answer.find("Via: 1.1 nettool-"), answer.rfind("Via: 1.1 nettool-"));
    const auto tunneled =
        through("CONNECT 127.0.0.1:" + std::to_string(endpoint_.port) +
                " HTTP/1.1\r\nHost: h\r\n\r\n" + get("/ten", "Connection: close\r\n"));
    EXPECT_TRUE(contains(tunneled, "\r\n\r\n0123456789")) << tunneled;
}

TEST_F(ProxyServer, GoesWrongOnPurpose) {
    start_proxy({"--seed=1", "--inject=when url ~ /ten/ then 503, 1 times"});
    EXPECT_EQ(status_of(fetch("/ten")), 503u);
    EXPECT_EQ(status_of(fetch("/ten")), 200u);
    proxy_->wait_for_output("\"injected\":\"status 503\"");
}

TEST_F(ProxyServer, EndsWithTunnelsOpen) {
    start_proxy({"--connect-ports=*"});
    LineClient client(at_);
    client.send("CONNECT 127.0.0.1:" + std::to_string(endpoint_.port) +
                " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(client.receive(), "HTTP/1.1 200 Connection established\r");
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(proxy_->stop(asio::cancellation_type::total), ExitCode::ok);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

struct BadUse {
    std::vector<std::string> options;
    const char* why;
};

class ProxyServerUse : public testing::TestWithParam<BadUse> {};

TEST_P(ProxyServerUse, IsRefused) {
    auto arguments = GetParam().options;
    arguments.emplace_back("--port=0");
    const auto outcome = run_to_end("proxy-server", arguments);
    EXPECT_EQ(outcome.code, ExitCode::usage);
    EXPECT_TRUE(contains(outcome.log, GetParam().why)) << outcome.log;
    EXPECT_EQ(outcome.output, "");
}

INSTANTIATE_TEST_SUITE_P(
    Options, ProxyServerUse,
    testing::Values(BadUse{{"--host=0.0.0.0"}, "would serve everybody"},
                    BadUse{{"--allow-from=x.example"}, "--allow-from: bad value \"x.example\""},
                    BadUse{{"--allow=a b"}, "--allow: "},
                    BadUse{{"--connect-ports=443,70000"}, "70000"},
                    BadUse{{"--upstream=ftp://h"}, "--upstream: bad value \"ftp://h\""},
                    BadUse{{"--upstream=http://h:0"}, "--upstream: bad value"},
                    BadUse{{"--reverse=http://h/path"}, "--reverse: bad value"},
                    BadUse{{"--reverse=http://h", "--lab"}, "--reverse does not go with"},
                    BadUse{{"--reverse=http://h", "--deny=x"}, "--reverse does not go with"},
                    BadUse{{"--inject=nonsense"}, "--inject: unknown action \"nonsense\""},
                    BadUse{{"--auth=nobody"}, "--auth: not USER:PASSWORD"},
                    BadUse{{"--threads=0"}, "--threads: bad value '0'"}));

}  // namespace
}  // namespace nettool::test
