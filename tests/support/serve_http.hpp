#pragma once
// A running serve-http over a directory of its own, and what a raw client sees of it.

#include "support/running_command.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

namespace nettool::test {

inline std::string get(std::string_view target, std::string_view fields = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

inline unsigned status_of(std::string_view response) {
    return response.size() < 12 ? 0 : static_cast<unsigned>(std::atoi(response.data() + 9));
}

inline std::string body_of(const std::string& response) {
    const auto end = response.find("\r\n\r\n");
    return end == response.npos ? "" : response.substr(end + 4);
}

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// serve-http of a small tree, with four threads.
class ServeHttp : public testing::Test {
protected:
    ServeHttp() {
        write_file(directory_.file("ten"), "0123456789");
        write_file(directory_.file("page.html"), "<p>\xc3\xa4</p>");
        write_file(directory_.file("latin.txt"), "\xe4");
        write_file(directory_.file(".secret"), "secret");
        std::filesystem::create_directory(directory_.file("d"));
        write_file(directory_.file("d/a b#.txt"), "odd");
    }

    void start(std::vector<std::string> options = {}) {
        std::vector<std::string> arguments = {directory_.path(), "--port=0", "--threads=4"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        server_ =
            std::make_unique<RunningCommand>("serve-http", arguments, cli::Output::Format::human);
        endpoint_ = server_->endpoint();
    }

    // All that comes back for these bytes until the server closes; it must.
    std::string exchange(std::string_view bytes) {
        if (!server_) start();
        LineClient client(endpoint_);
        client.send(bytes);
        return client.rest();
    }
    std::string ask(std::string_view target, std::string_view fields = "") {
        return exchange(get(target, std::string(fields) + "Connection: close\r\n"));
    }

    TemporaryDirectory directory_;
    std::unique_ptr<RunningCommand> server_;
    net::Endpoint endpoint_;
};

}  // namespace nettool::test
