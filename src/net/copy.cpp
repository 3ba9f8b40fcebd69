#include "nettool/net/copy.hpp"

#include <boost/asio/error.hpp>

#include <vector>

namespace nettool::net {

awaitable<Copied> copy(Descriptor& source, Stream& target, const Onlooker& onlooker) {
    constexpr std::size_t chunk_bytes = 64UL * 1024;
    std::vector<char> buffer(chunk_bytes);
    Copied copied;
    for (;;) {
        const auto size = co_await source.read(asio::buffer(buffer));
        if (size.error() == asio::error::eof) break;
        if (!size) {
            copied.read = size.error();
            co_return copied;
        }
        const std::string_view chunk(buffer.data(), *size);
        onlooker(chunk);
        const auto written = co_await target.write(chunk);
        if (!written) {
            copied.write = written.error();
            co_return copied;
        }
        copied.bytes += *size;
    }
    if (!target.is_tls()) (void)target.shut_down();
    co_return copied;
}

}  // namespace nettool::net
