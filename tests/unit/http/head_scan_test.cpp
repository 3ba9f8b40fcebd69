#include "nettool/http/head_scan.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::http {
namespace {

using Progress = HeadScanner::Progress;

Progress scan(std::string_view bytes, Strictness strictness = Strictness::strict) {
    return HeadScanner(HeadLimits(), strictness).scan(bytes);
}

TEST(HeadScanner, FindsTheSameEndHoweverTheBytesAreCut) {
    const std::string head = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const auto bytes = head + "GET /next";
    HeadScanner scanner(HeadLimits(), Strictness::strict);
    for (std::size_t size = 0; size < head.size(); ++size)
        ASSERT_EQ(scanner.scan(std::string_view(bytes).substr(0, size)), Progress::more) << size;
    ASSERT_EQ(scanner.scan(bytes), Progress::whole);
    EXPECT_EQ(scanner.begin(), 2u);
    EXPECT_EQ(scanner.size(), head.size());
}

TEST(HeadScanner, SeesABareLineFeedAtOnce) {
    EXPECT_EQ(scan("GET / HTTP/1.1\nHost"), Progress::bad_line_end);
    EXPECT_EQ(scan("GET / HTTP/1.1\r\n\n"), Progress::bad_line_end);
    EXPECT_EQ(scan("HTTP/1.1 200\nX: y\n\n", Strictness::lenient), Progress::whole);
}

TEST(HeadScanner, SkipsAFewEmptyLinesButNotForEver) {
    EXPECT_EQ(scan("\r\n\r\nGET / HTTP/1.1\r\n\r\n"), Progress::whole);
    EXPECT_EQ(scan("\r\n\r\n\r\n\r\n\r\n\r\n"), Progress::bad_line_end);
}

TEST(HeadScanner, IsBounded) {
    EXPECT_EQ(scan(std::string(9000, 'a')), Progress::long_start_line);
    EXPECT_EQ(scan("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n"), Progress::long_start_line);
    std::string head = "GET / HTTP/1.1\r\n";
    while (head.size() < 16 * 1024) head += "X: 0123456789\r\n";
    EXPECT_EQ(scan(head), Progress::long_head);
    EXPECT_EQ(scan(head + "\r\n"), Progress::long_head);
    EXPECT_EQ(scan("GET / HTTP/1.1\r\nX: " + std::string(17'000, 'a')), Progress::long_head);
}

}  // namespace
}  // namespace nettool::http
