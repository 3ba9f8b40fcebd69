#pragma once
// A running mail-server with its inbox, what is sent to it, and what a raw client sees of the page.

#include "support/serve_http.hpp"

#include <boost/json/parse.hpp>

namespace nettool::test {

/// A message of two texts, a picture and a file with a dangerous name.
inline const std::string rich_mail =
    "From: Ann <ann@example.org>\r\nTo: bob@example.org\r\nDate: Sun, 29 Nov 2026 10:00:00 "
    "+0000\r\n"
    "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= to all\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nhello bob\r\n"
    "--b\r\nContent-Type: text/html\r\n\r\n<p>hello</p><img src=\"cid:i@x\"><script>x</script>\r\n"
    "--b\r\nContent-Type: image/png\r\nContent-ID: <i@x>\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nUE5H\r\n"
    "--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment;\r\n"
    " filename*=UTF-8''..%2F%C3%A4%0D%0AX%3A1.html\r\n\r\n<script>y</script>\r\n"
    "--b--\r\n";

class InboxTest : public testing::Test {
protected:
    void start(std::vector<std::string> options = {}) {
        std::vector<std::string> arguments = {"--store=" + store(), "--port=0", "--web=0"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        server_ = std::make_unique<RunningCommand>("mail-server", arguments);
        smtp_ = server_->endpoint();
        page_ = server_->endpoint();
    }

    std::string store() const { return directory_.file("mail"); }

    /// Hands the message over, and returns when it is stored.
    void deliver(const std::string& message, const std::string& from = "ann@example.org") {
        LineClient client(smtp_);
        client.receive();
        for (const auto& line : {std::string("HELO a"), "MAIL FROM:<" + from + ">",
                                 std::string("RCPT TO:<bob@example.org>"), std::string("DATA")}) {
            client.send(line + "\r\n");
            client.receive();
        }
        client.send(message + ".\r\n");
        ASSERT_TRUE(client.receive().starts_with("250")) << server_->output();
    }

    std::string exchange(std::string_view bytes) {
        LineClient client(page_);
        client.send(bytes);
        return client.rest();
    }
    std::string ask(const std::string& target, const std::string& fields = "",
                    const std::string& method = "GET") {
        return exchange(method + " " + target + " HTTP/1.1\r\nHost: " + to_string(page_) + "\r\n" +
                        fields + "Connection: close\r\n\r\n");
    }

    boost::json::array list(const std::string& query = "") {
        return boost::json::parse(body_of(ask("/api/mails" + query))).as_array();
    }
    std::string subjects(const std::string& query) {
        std::string all;
        for (const auto& mail : list(query))
            all += std::string(mail.at("subject").as_string()) + " ";
        return all;
    }
    std::string newest() { return std::string(list().at(0).at("id").as_string()); }

    TemporaryDirectory directory_;
    std::unique_ptr<RunningCommand> server_;
    net::Endpoint smtp_, page_;
};

}  // namespace nettool::test
