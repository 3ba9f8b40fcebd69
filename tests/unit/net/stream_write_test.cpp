#include "nettool/base/errc.hpp"
#include "nettool/base/unique_descriptor.hpp"
#include "nettool/net/task_group.hpp"
#include "support/stream_pair.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nettool::net {
namespace {

enum class Way { plain, observed, tls };

struct CountingTap final : Tap {
    std::size_t sent = 0;
    void observe(const Event& event) noexcept override {
        if (event.kind == Event::Kind::sent) sent += event.bytes.size();
    }
};

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 / 7);
    return text;
}

UniqueDescriptor file_with(std::string_view text) {
    UniqueDescriptor file(::memfd_create("file", MFD_CLOEXEC));
    EXPECT_EQ(::pwrite(file.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    return file;
}

awaitable<void> hear_all(Stream stream, bool tls, std::string& heard) {
    co_await test::shake_hands(stream, tls);
    std::vector<char> buffer(10'000);
    for (;;) {
        const auto size = co_await stream.read(asio::buffer(buffer));
        if (!size) break;
        heard.append(buffer.data(), *size);
    }
}

class StreamWrites : public testing::TestWithParam<Way> {
protected:
    // What the other side hears while `write` has the stream.
    template <class Write>
    std::string hear(Write write) {
        const bool tls = GetParam() == Way::tls;
        std::string heard;
        const auto writer = [&](Stream stream) -> awaitable<void> {
            co_await test::shake_hands(stream, tls);
            co_await write(stream);
            co_await stream.finish();
        };
        const auto reader = [&](Stream stream) { return hear_all(std::move(stream), tls, heard); };
        StreamOptions options;
        if (GetParam() == Way::observed) options.taps.messages = &tap_;
        test::converse(writer, options, reader, {});
        return heard;
    }

    CountingTap tap_;
};

TEST_P(StreamWrites, AFileFromAnywhereInIt) {
    const auto text = pattern(3'000'000);
    const auto file = file_with(text);
    const auto heard = hear([&](Stream& stream) -> awaitable<void> {
        const auto sent = co_await stream.send_file(file.get(), 1'000, text.size() - 2'000);
        EXPECT_TRUE(sent);
    });
    EXPECT_TRUE(heard == text.substr(1'000, text.size() - 2'000));
    if (GetParam() == Way::observed) {
        EXPECT_EQ(tap_.sent, heard.size());
    }
}

TEST_P(StreamWrites, NothingInPlaceOfWhatAFileHasNot) {
    const auto file = file_with("short");
    const auto heard = hear([&](Stream& stream) -> awaitable<void> {
        const auto sent = co_await stream.send_file(file.get(), 0, 100);
        EXPECT_EQ(sent.error(), Errc::file_changed);
    });
    EXPECT_EQ(heard, "short");
}

TEST_P(StreamWrites, NoMixtureOfAFileThatIsWrittenOver) {
    const auto text = pattern(20'000'000);
    const auto file = file_with(text);
    const timespec long_ago[] = {{1, 0}, {1, 0}};  // for the clock of files ticks seldom
    ::futimens(file.get(), long_ago);
    const auto heard = hear([&](Stream& stream) -> awaitable<void> {
        bool changed = false;
        net::TaskGroup group(stream.get_executor(), [](std::exception_ptr) {});
        // Its turn comes while the peer has not read all that fits between the two.
        group.spawn([](int descriptor, bool& done) -> awaitable<void> {
            co_await asio::post(asio::use_awaitable);
            done = ::pwrite(descriptor, "b", 1, 0) == 1;
            co_return;
        }(file.get(), changed));
        const auto sent = co_await stream.send_file(file.get(), 0, text.size());
        EXPECT_EQ(sent.error(), Errc::file_changed);
        co_await group.join();
        EXPECT_TRUE(changed);
    });
    EXPECT_LT(heard.size(), text.size());
}

TEST_P(StreamWrites, PartsTogetherInTheirOrder) {
    const auto big = pattern(500'000);
    const auto heard = hear([&](Stream& stream) -> awaitable<void> {
        const std::array<std::string_view, 4> parts = {"head", "", big, "foot"};
        const auto sent = co_await stream.write(parts, Stream::More::yes);
        EXPECT_TRUE(sent);
        const auto none = co_await stream.write("");
        EXPECT_TRUE(none);
    });
    EXPECT_TRUE(heard == "head" + big + "foot");
}

std::string name_of(const testing::TestParamInfo<Way>& way) {
    constexpr std::array names = {"Plain", "Observed", "Tls"};
    return names[static_cast<std::size_t>(way.param)];
}

INSTANTIATE_TEST_SUITE_P(InEveryWay, StreamWrites,
                         testing::Values(Way::plain, Way::observed, Way::tls), name_of);

}  // namespace
}  // namespace nettool::net
