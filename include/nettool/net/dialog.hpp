#pragma once
// Moves bytes between a stream and a dialog that knows nothing of I/O, until one of them is done.

#include "nettool/base/errc.hpp"
#include "nettool/net/message_reader.hpp"

#include <boost/asio/error.hpp>

#include <string>
#include <vector>

namespace nettool::net {

struct DialogOptions {
    Gap gap;
    std::chrono::milliseconds first{30'000};  // to the first answer; zero: for ever
    bool keep_open = false;                   // after an answer
    std::size_t chunk_bytes = 64UL * 1024;
};

/// D: feed(bytes), pause(), end(), take_reply(), and what it is waiting for: half() a message,
/// whose rest has half a second; undecided() whether a silence ends it; idle(), failed(),
/// answered(). Returns why it ended, for people.
template <class D>
awaitable<std::string> converse(Stream& stream, D& dialog, const DialogOptions& options) {
    constexpr std::chrono::milliseconds forever{0}, half_a_second{500};
    std::vector<char> buffer(options.chunk_bytes);
    bool saw_line_feed = false;
    if (options.first.count() > 0) stream.end_by(Stream::Clock::now() + options.first);
    for (;;) {
        const bool undecided = dialog.undecided();
        // R8: after an answer another request has a gap to begin.
        const bool answered = dialog.answered() + dialog.refused() > 0;
        const bool done = answered && dialog.idle() && !options.keep_open;
        auto patience = undecided || done ? options.gap.length(stream, saw_line_feed) : forever;
        if (dialog.half()) patience = half_a_second;
        if (!dialog.idle()) stream.acknowledge_quickly();
        const auto size = co_await stream.read(asio::buffer(buffer), patience);
        const error_code ec = size.error();
        if (ec == asio::error::operation_aborted) co_return "server stopped";
        if (ec == Errc::paused && !undecided) co_return "done";
        if (ec && ec != Errc::paused && ec != asio::error::eof) co_return ec.message();

        const std::string_view bytes(buffer.data(), size ? *size : 0);
        saw_line_feed = saw_line_feed || bytes.find('\n') != bytes.npos;
        if (ec == asio::error::eof)
            dialog.end();
        else if (ec == Errc::paused)
            dialog.pause();
        else
            dialog.feed(bytes);
        const auto reply = dialog.take_reply();
        const auto sent = co_await stream.write(reply);
        if (!sent) co_return sent.error().message();
        if (dialog.failed()) co_return "request refused";
        if (ec == asio::error::eof) co_return "client left";
        if (dialog.answered() + dialog.refused() > 0) stream.end_whenever();
    }
}

}  // namespace nettool::net
