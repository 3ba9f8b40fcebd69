#pragma once
// A naive mail client for tests, and a mail-server that keeps its mail in a directory of the
// test's.

#include "support/running_command.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace nettool::test {

class MailClient {
public:
    explicit MailClient(const net::Endpoint& endpoint) : client_(endpoint) {}

    /// The last line of the next reply, or "" at the end.
    std::string reply() {
        for (;;) {
            auto line = client_.receive();
            while (line.ends_with('\r') || line.ends_with('\n')) line.pop_back();
            if (line.size() < 4 || line[3] != '-') return line;
        }
    }
    /// The reply to a command, which comes without its end.
    std::string ask(const std::string& command) {
        client_.send(command + "\r\n");
        return reply();
    }
    /// Greeting and EHLO have been heard.
    void begin() {
        reply();
        ask("EHLO me");
    }
    /// The last reply to a whole message, which comes with its CR LF.
    std::string send_mail(const std::string& to, const std::string& message) {
        ask("MAIL FROM:<a@example.org>");
        ask("RCPT TO:<" + to + ">");
        ask("DATA");
        return ask(message + ".");
    }
    void send(std::string_view bytes) { client_.send(bytes); }
    std::string rest() { return client_.rest(); }
    void close() { client_.close(); }

private:
    LineClient client_;
};

class MailServerTest : public testing::Test {
protected:
    void start(std::vector<std::string> options = {},
               cli::Output::Format format = cli::Output::Format::human) {
        options.insert(options.end(), {"--port=0", "--store", store()});
        server.emplace("mail-server", std::move(options), format);
    }
    MailClient client() {
        if (!endpoint_) endpoint_ = server->endpoint();
        return MailClient(*endpoint_);
    }
    /// Of one who has said EHLO.
    MailClient begun() {
        auto one = client();
        one.begin();
        return one;
    }
    /// mail-server that looks at the same store.
    Outcome look(std::vector<std::string> options,
                 cli::Output::Format format = cli::Output::Format::human) const {
        options.insert(options.end(), {"--store", store()});
        return run_to_end("mail-server", std::move(options), {}, format);
    }
    /// With these messages, each with such a subject.
    void fill(const std::vector<std::string>& subjects) {
        start();
        auto sender = begun();
        for (const auto& subject : subjects)
            ASSERT_EQ(sender
                          .send_mail(subject + "@example.org",
                                     "From: a@example.org\r\nDate: x\r\nSubject: " + subject +
                                         "\r\n\r\nhello\r\n")
                          .substr(0, 3),
                      "250");
    }

    std::string store() const { return directory.file("mail"); }
    std::string names(const std::string& folder) const { return names_in(store() + "/" + folder); }

    TemporaryDirectory directory;
    std::optional<RunningCommand> server;

private:
    std::optional<net::Endpoint> endpoint_;
};

}  // namespace nettool::test
