#include "nettool/cli/sink.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <poll.h>

namespace nettool::cli {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class Pipe {
public:
    Pipe() {
        std::array<int, 2> ends{-1, -1};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        reader = UniqueDescriptor(ends[0]);
        writer = UniqueDescriptor(ends[1]);
    }
    UniqueDescriptor reader, writer;
};

TEST(DescriptorSink, WritesAllToASlowReader) {
    Pipe pipe;
    const std::string text(1'000'000, 'x');
    std::size_t read = 0;
    std::jthread slow([&] {
        std::array<char, 5000> buffer;
        for (ssize_t n = 1; n > 0 && read < text.size();) {
            n = ::read(pipe.reader.get(), buffer.data(), buffer.size());
            read += static_cast<std::size_t>(n);
        }
    });
    DescriptorSink sink(pipe.writer.get());
    sink.write(text);
    slow.join();
    EXPECT_FALSE(sink.error());
    EXPECT_EQ(read, text.size());
    EXPECT_EQ(::fcntl(pipe.writer.get(), F_GETFL) & O_NONBLOCK, 0) << "the flags are the parent's";
}

// The handler sets the flag, and the write that begins at that moment is interrupted by nothing.
TEST(DescriptorSink, EndsAWriteThatTheSignalCameJustBefore) {
    const Pipe pipe;
    std::atomic<bool> signalled = false;
    DescriptorSink sink(pipe.writer.get(), &signalled);
    std::jthread signal([&] {
        pollfd full{pipe.writer.get(), POLLOUT, 0};
        while (::poll(&full, 1, 0) == 1) std::this_thread::yield();
        signalled = true;
    });
    const auto begin = Clock::now();
    sink.write(std::string(1'000'000, 'x'));
    EXPECT_EQ(sink.error(), boost::system::errc::interrupted);
    EXPECT_LT(Clock::now() - begin, 5s);
}

}  // namespace
}  // namespace nettool::cli
