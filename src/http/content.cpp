#include "nettool/http/content.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/web/content_decoder.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::http {
namespace {

using proto::ContentDecoder;

std::unique_ptr<ContentDecoder> decoder_of(const Response& response, Decoding decoding) {
    const auto& fields = response.head().fields;
    if (decoding == Decoding::no) return nullptr;
    if (fields.count("content-encoding") == 0) return nullptr;
    const auto coding = without_blanks(*fields.find("content-encoding"));
    auto decoder = ContentDecoder::make(coding);
    if (!decoder || fields.count("content-encoding") > 1)
        throw Failure(Fault::local,
                      public_text(response.url()) +
                          " has a content coding that is not understood: " + quoted(coding));
    return decoder;
}

void judge(ContentDecoder::Status status, const Response& response) {
    const auto name = public_text(response.url());
    if (status == ContentDecoder::Status::malformed)
        throw Failure(Fault::local, name + " has a body that does not decode");
    if (status == ContentDecoder::Status::bomb)
        throw Failure(Fault::local,
                      name + " has a body that decodes to more than 200 times its size");
}

}  // namespace

Failure failure_of_body(const Response& response, error_code ec) {
    const auto& body = response.body();
    const auto name = public_text(response.url());
    const auto so_far = std::to_string(body.size());
    if (ec == Errc::message_too_long)
        return {Fault::local, name + " is longer than --max-size allows"};
    if (ec == Errc::malformed)
        return {Fault::local, name + " breaks the chunked coding after " + so_far + " bytes"};
    if (ec == Errc::cut_short) {
        const auto whole = body.announced();
        return {Fault::network, name + " was cut short after " + so_far +
                                    (whole ? " of " + std::to_string(*whole) : "") + " bytes"};
    }
    if (ec == Errc::timed_out)
        return {Fault::network,
                name + " sent nothing more after " + so_far + " bytes (--timeout, --max-time)"};
    return {Fault::network, "read " + name, ec};
}

namespace {

// What is left of the body, straight into the file; nothing is read where that cannot be done.
awaitable<void> move_content(Response& response, std::uint64_t most, const Shortcut& shortcut) {
    auto& body = response.body();
    net::FilePipe pipe(shortcut.file);
    if (pipe.error()) co_return;
    std::uint64_t size = 0;
    while (!body.at_end()) {
        error_code file_error;
        const auto moved = co_await body.move(pipe, file_error);
        const error_code ec = moved.error();
        if (file_error) throw Failure(Fault::local, "write " + shortcut.name, file_error);
        if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
        // Sockets that cannot be spliced say so at once.
        if (ec == asio::error::invalid_argument && size == 0) co_return;
        if (ec) throw failure_of_body(response, ec);
        size += *moved;
        if (size > most) throw failure_of_body(response, Errc::message_too_long);
        shortcut.moved(*moved);
    }
}

}  // namespace

awaitable<void> read_content(Response& response, Decoding decoding, std::uint64_t max_bytes,
                             std::function<void(std::string_view)> sink, const Shortcut* shortcut) {
    const auto decoder = decoder_of(response, decoding);
    std::uint64_t size = 0;
    const ContentDecoder::Sink counted = [&](std::string_view piece) {
        size += piece.size();
        if (size > max_bytes) throw failure_of_body(response, Errc::message_too_long);
        sink(piece);
    };
    for (;;) {
        if (shortcut && !decoder && response.body().can_move()) {
            co_await move_content(response, max_bytes - size, *shortcut);
            shortcut = nullptr;
        }
        const auto piece = co_await response.body().next();
        const error_code ec = piece.error();
        if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
        if (ec) throw failure_of_body(response, ec);
        if (piece->empty()) break;
        if (decoder)
            judge(decoder->decode(*piece, counted), response);
        else
            counted(*piece);
    }
    if (decoder && !decoder->whole())
        throw Failure(Fault::network, public_text(response.url()) + " was cut short in its coding");
}

awaitable<std::string> read_text(Response& response, std::uint64_t max_bytes) {
    std::string text;
    std::function<void(std::string_view)> sink = [&text](std::string_view piece) { text += piece; };
    co_await read_content(response, Decoding::yes, max_bytes, std::move(sink));
    co_return text;
}

}  // namespace nettool::http
