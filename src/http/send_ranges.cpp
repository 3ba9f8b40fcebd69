#include "send_ranges.hpp"

#include "nettool/base/random_hex.hpp"

#include <fmt/format.h>

namespace nettool::http {

awaitable<result<void>> send_ranges(Exchange& exchange, HeadWriter writer, RangedFile file,
                                    std::vector<proto::ByteRange> parts) {
    if (parts.size() == 1) {
        const auto part = parts.front();
        writer.field("Content-Type", file.type)
            .field("Content-Range", proto::content_range(part, file.size));
        co_return co_await exchange.respond_file(std::move(writer), file.descriptor, part.first,
                                                 part.size());
    }
    const auto boundary = random_hex(4);  // no file has it
    const auto end = fmt::format("\r\n--{}--\r\n", boundary);
    std::vector<std::string> heads;
    std::uint64_t size = end.size();
    for (const auto& part : parts) {
        heads.push_back(fmt::format("\r\n--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n",
                                    boundary, file.type, proto::content_range(part, file.size)));
        size += heads.back().size() + part.size();
    }
    writer.field("Content-Type", "multipart/byteranges; boundary=" + boundary);
    const auto begun = co_await exchange.begin(std::move(writer), size);
    if (!begun) co_return begun.error();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto headed = co_await exchange.write(heads[i]);
        if (!headed) co_return headed.error();
        const auto sent =
            co_await exchange.write_file(file.descriptor, parts[i].first, parts[i].size());
        if (!sent) co_return sent.error();
    }
    co_return co_await exchange.write(end);
}

}  // namespace nettool::http
