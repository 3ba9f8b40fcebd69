#include "nettool/net/descriptor.hpp"

#include "nettool/net/line_reader.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nettool::net {
namespace {

using namespace std::chrono_literals;

awaitable<std::vector<std::string>> lines_of(int fd) {
    Descriptor source(co_await asio::this_coro::executor, fd);
    LineReader<Descriptor> lines(source, 100);
    std::vector<std::string> all;
    while (const auto line = co_await lines.next()) all.push_back(*line);
    co_return all;
}

std::vector<std::string> read_lines(int fd) {
    asio::io_context io;
    auto lines = asio::co_spawn(io, lines_of(fd), asio::use_future);
    io.run();
    return lines.get();
}

const std::vector<std::string> expected{"one", "", "three"};
constexpr std::string_view text = "one\r\n\nthree";

void fill(int fd) { ASSERT_EQ(::write(fd, text.data(), text.size()), ssize_t(text.size())); }

TEST(Descriptor, ReadsAPipeAndLeavesItsFlagsAlone) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    fill(ends[1]);
    ::close(ends[1]);
    EXPECT_EQ(read_lines(ends[0]), expected);
    EXPECT_EQ(::fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
    ::close(ends[0]);
}

TEST(Descriptor, ReadsAFile) {
    const int fd = ::memfd_create("file", MFD_CLOEXEC);
    fill(fd);
    ::lseek(fd, 0, SEEK_SET);
    EXPECT_EQ(read_lines(fd), expected);
    ::close(fd);
}

TEST(Descriptor, ReadsASocketAndLeavesItsFlagsAlone) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    fill(ends[1]);
    ::close(ends[1]);
    EXPECT_EQ(read_lines(ends[0]), expected);
    EXPECT_EQ(::fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
    ::close(ends[0]);
}

TEST(Descriptor, FindsNothingInTheNullDevice) {
    const int fd = ::open("/dev/null", O_RDONLY);
    EXPECT_TRUE(read_lines(fd).empty());
    ::close(fd);
}

TEST(Descriptor, StopsWaitingForAPipeWhenCancelled) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    asio::io_context io;
    asio::cancellation_signal stop;
    auto lines = asio::co_spawn(io, lines_of(ends[0]),
                                asio::bind_cancellation_slot(stop.slot(), asio::use_future));
    asio::steady_timer soon(io, 20ms);
    soon.async_wait([&](auto) { stop.emit(asio::cancellation_type::terminal); });
    io.run_for(5s);
    EXPECT_TRUE(io.stopped());
    EXPECT_EQ(lines.wait_for(0s), std::future_status::ready);
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace
}  // namespace nettool::net
