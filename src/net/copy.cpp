#include "nettool/net/copy.hpp"

#include <boost/asio/error.hpp>

#include <vector>

namespace nettool::net {
namespace {

constexpr std::size_t chunk_bytes = 64UL * 1024;

// `target` may be null.
template <class Source>
awaitable<result<std::uint64_t>> pump(Source& source, Stream* target, const Onlooker& onlooker) {
    std::vector<char> buffer(chunk_bytes);
    std::uint64_t total = 0;
    for (;;) {
        const auto size = co_await source.read(asio::buffer(buffer));
        if (size.error() == asio::error::eof) co_return total;
        if (!size) co_return size.error();
        const std::string_view chunk(buffer.data(), *size);
        total += *size;
        if (!onlooker(chunk)) co_return total;
        if (!target) continue;
        const auto written = co_await target->write(chunk);
        if (!written) co_return written.error();
    }
}

template <class Source>
awaitable<result<std::uint64_t>> pump_and_close(Source& source, Stream& target,
                                                const Onlooker& onlooker) {
    auto total = co_await pump(source, &target, onlooker);
    if (total) (void)target.shut_down();
    co_return total;
}

}  // namespace

awaitable<result<std::uint64_t>> copy(Descriptor& source, Stream& target,
                                      const Onlooker& onlooker) {
    return pump_and_close(source, target, onlooker);
}

awaitable<result<std::uint64_t>> copy(Stream& source, Stream& target, const Onlooker& onlooker) {
    return pump_and_close(source, target, onlooker);
}

awaitable<result<std::uint64_t>> drain(Stream& source, const Onlooker& onlooker) {
    return pump(source, nullptr, onlooker);
}

}  // namespace nettool::net
