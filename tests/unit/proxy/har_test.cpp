#include "nettool/proxy/har.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/proxy/har_entry.hpp"
#include "support/temporary_directory.hpp"
#include "support/transaction.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>

namespace nettool::proxy {
namespace {

namespace json = boost::json;
using test::sample_transaction;

using Paths = std::initializer_list<const char*>;

// What the sections of the specification require, by type.
void expect_complete(const json::value& entry) {
    for (const auto* path :
         Paths{"/startedDateTime", "/request/method", "/request/url", "/request/httpVersion",
               "/response/statusText", "/response/httpVersion", "/response/redirectURL",
               "/response/content/mimeType", "/connection"})
        EXPECT_TRUE(entry.at_pointer(path).is_string()) << path;
    for (const auto* path :
         Paths{"/time", "/request/headersSize", "/request/bodySize", "/response/status",
               "/response/headersSize", "/response/bodySize", "/response/content/size",
               "/timings/send", "/timings/wait", "/timings/receive"})
        EXPECT_TRUE(entry.at_pointer(path).is_number()) << path;
    for (const auto* path : Paths{"/request/cookies", "/request/headers", "/request/queryString",
                                  "/response/cookies", "/response/headers"})
        EXPECT_TRUE(entry.at_pointer(path).is_array()) << path;
    EXPECT_TRUE(entry.at("cache").is_object());
    double sum = 0;
    for (const auto* part : Paths{"blocked", "dns", "connect", "send", "wait", "receive"}) {
        const auto time = entry.at("timings").at(part).to_number<double>();
        if (time != -1) sum += time;
        EXPECT_TRUE(time == -1 || time >= 0) << part;
    }
    EXPECT_NEAR(sum, entry.at("time").to_number<double>(), 0.01);
    for (const auto* part : Paths{"send", "wait", "receive"})
        EXPECT_GE(entry.at("timings").at(part).to_number<double>(), 0) << part;
}

json::value entry_of(const Transaction& transaction) {
    auto entry = json::parse(har_entry(transaction));
    expect_complete(entry);
    return entry;
}

json::array entries_in(const std::string& path) {
    const auto archive = json::parse(test::contents(path));
    const auto& log = archive.at("log");
    EXPECT_EQ(log.at("version"), "1.2");
    EXPECT_EQ(log.at("creator").at("name"), "nettool");
    EXPECT_TRUE(log.at("creator").at("version").is_string());
    for (const auto& entry : log.at("entries").as_array()) expect_complete(entry);
    return log.at("entries").as_array();
}

class HarFileTest : public testing::Test {
protected:
    std::string path() const { return directory_.file("a.har"); }
    HarFile::OnTrouble note() {
        return [this](const std::string& why) { troubles_.push_back(why); };
    }

    test::TemporaryDirectory directory_;
    std::vector<std::string> troubles_;
};

TEST(HarEntry, TellsTheWholeRequest) {
    const auto entry = entry_of(sample_transaction());
    EXPECT_EQ(entry.at("startedDateTime"), "2026-10-05T14:03:22.123456Z");
    EXPECT_EQ(entry.at("time").to_number<double>(), 5);
    const auto& request = entry.at("request");
    EXPECT_EQ(request.at("method"), "GET");
    EXPECT_EQ(request.at("url"), "http://h.example/x?a=1&b=%C3%A4+c");
    EXPECT_EQ(request.at("httpVersion"), "HTTP/1.1");
    EXPECT_EQ(json::serialize(request.at("queryString")),
              R"([{"name":"a","value":"1"},{"name":"b","value":"ä c"}])");
    EXPECT_EQ(json::serialize(request.at("headers").at(1)),
              R"({"name":"Proxy-Connection","value":"keep-alive"})");
    EXPECT_EQ(request.at("headersSize"), sample_transaction().heads.request_received.size());
    EXPECT_EQ(request.at("bodySize"), 3);
    const auto& response = entry.at("response");
    EXPECT_EQ(response.at("status"), 200);
    EXPECT_EQ(response.at("statusText"), "OK");
    EXPECT_EQ(response.at("content").at("mimeType"), "text/plain");
    EXPECT_EQ(response.at("content").at("size"), 5120);
    EXPECT_EQ(entry.at("serverIPAddress"), "93.184.216.34");
    EXPECT_EQ(entry.at("connection"), "7");
    EXPECT_EQ(json::serialize(entry.at("timings").at("dns")), "1E0");
    EXPECT_EQ(entry.at("timings").at("ssl"), -1);
    EXPECT_EQ(entry.at("_reused"), false);
    EXPECT_EQ(entry.at("_tunnel"), false);
    EXPECT_FALSE(entry.as_object().contains("_error"));
}

TEST(HarEntry, TellsOfTroubleAndFaults) {
    auto transaction = sample_transaction();
    transaction.error = "connection_refused";
    transaction.cause = "cannot connect to h.example:80: Connection refused";
    transaction.injected = "latency 300ms";
    transaction.reused = true;
    const auto entry = entry_of(transaction);
    EXPECT_EQ(entry.at("_error"), "connection_refused");
    EXPECT_EQ(entry.at("_cause").as_string(), transaction.cause);
    EXPECT_EQ(entry.at("_injected"), "latency 300ms");
    EXPECT_EQ(entry.at("_reused"), true);
}

TEST(HarEntry, TellsOfWhoLeftWithoutAnAnswer) {
    Transaction transaction;
    transaction.method = "GET";
    transaction.url = "http://h/?";
    const auto entry = entry_of(transaction);
    EXPECT_EQ(entry.at("response").at("status"), 0);
    EXPECT_EQ(entry.at("response").at("statusText"), "");
    EXPECT_EQ(entry.at("response").at("content").at("mimeType"), "x-unknown");
    EXPECT_EQ(entry.at("request").at("headersSize"), -1);
    EXPECT_FALSE(entry.as_object().contains("serverIPAddress"));
}

TEST(HarEntry, MakesAnAbsoluteUrlOfATunnel) {
    auto transaction = sample_transaction();
    transaction.method = "CONNECT";
    transaction.url = "h.example:443";
    transaction.tunnel = true;
    transaction.at.secured = transaction.at.connected;
    const auto entry = entry_of(transaction);
    EXPECT_EQ(entry.at("request").at("url"), "tcp://h.example:443");
    EXPECT_EQ(entry.at("_tunnel"), true);
}

TEST(HarEntry, IsOneLineOfUtf8WhateverPeersSay) {
    auto transaction = sample_transaction();
    transaction.url = "http://h/\xff\x1b[2J\"\\\n?\xc3=%ff%00";
    transaction.method = "\xe2\x80\xae";
    transaction.heads.request_received = "\xff\r\n: no name\r\n";
    transaction.heads.response_sent = "HTTP/1.1 204\r\nX: \xff\x80\r\nno colon\r\n\r\n";
    const auto text = har_entry(transaction);
    EXPECT_EQ(text.find_first_of("\n\x1b\xff"), text.npos) << text;
    const auto entry = entry_of(transaction);
    EXPECT_EQ(entry.at("response").at("statusText"), "");
    EXPECT_EQ(entry.at("response").at("headers").at(0).at("value"), "\ufffd\ufffd");
    EXPECT_EQ(entry.at("request").at("httpVersion"), "unknown");
}

TEST(HarEntry, DoesNotKnowTheSizeOfASecret) {
    auto transaction = sample_transaction();
    transaction.heads.request_received = "GET / HTTP/1.1\r\nCookie: <redacted 9 bytes>\r\n\r\n";
    EXPECT_EQ(entry_of(transaction).at("request").at("headersSize"), -1);
}

TEST_F(HarFileTest, IsValidBehindEveryEntry) {
    test::write_file(path(), std::string(10'000, 'x'));
    HarFile file(path(), note());
    for (std::uint64_t i = 0; i < 5; ++i) {
        EXPECT_EQ(entries_in(path()).size(), i);
        HarObserver(file).ended(sample_transaction(i));
    }
    EXPECT_EQ(entries_in(path()).size(), 5U);
    EXPECT_TRUE(file.whole());
    EXPECT_TRUE(troubles_.empty());
}

TEST_F(HarFileTest, IsReadByItsOwnerOnly) {
    const HarFile file(path(), note());
    struct stat status {};
    ASSERT_EQ(::stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST_F(HarFileTest, TakesEntriesFromManyThreads) {
    HarFile file(path(), note());
    std::vector<std::jthread> threads(4);
    for (auto& thread : threads)
        thread = std::jthread([&file] {
            for (int k = 0; k < 100; ++k) file.add(sample_transaction());
        });
    threads.clear();
    EXPECT_EQ(entries_in(path()).size(), 400U);
}

TEST_F(HarFileTest, StaysValidOnAFullDisk) {
    HarFile file(path(), note());
    for (int i = 0; i < 3; ++i) file.add(sample_transaction());
    const auto size = test::contents(path()).size();
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{size + 100, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 3; ++i) file.add(sample_transaction());
    const auto left = test::contents(path());
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_EQ(left.size(), size);
    EXPECT_EQ(entries_in(path()).size(), 3U);
    EXPECT_FALSE(file.whole());
    ASSERT_EQ(troubles_.size(), 1U);
    EXPECT_EQ(troubles_[0], "cannot write " + path() + ": File too large");
    file.add(sample_transaction());
    EXPECT_EQ(entries_in(path()).size(), 4U) << "there is room again";
}

TEST_F(HarFileTest, WantsARegularFile) {
    EXPECT_THROW(HarFile("/dev/null", note()), Failure);
    EXPECT_THROW(HarFile("/dev/full", note()), Failure);
    EXPECT_THROW(HarFile(directory_.path(), note()), Failure);
    EXPECT_THROW(HarFile(directory_.file("none/a.har"), note()), Failure);
}

}  // namespace
}  // namespace nettool::proxy
