#include "nettool/http/chunk_decoder.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/http/message.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <array>

namespace nettool::http {

namespace beast = boost::beast::http;

namespace {

// What would change how a message is read or for whom it is, had it stood in the head.
bool may_trail(std::string_view name) {
    constexpr std::array<std::string_view, 26> never = {"authorization",
                                                        "cache-control",
                                                        "connection",
                                                        "content-encoding",
                                                        "content-length",
                                                        "content-range",
                                                        "content-type",
                                                        "cookie",
                                                        "date",
                                                        "expect",
                                                        "forwarded",
                                                        "host",
                                                        "keep-alive",
                                                        "location",
                                                        "max-forwards",
                                                        "proxy-authenticate",
                                                        "proxy-authorization",
                                                        "proxy-connection",
                                                        "set-cookie",
                                                        "te",
                                                        "trailer",
                                                        "transfer-encoding",
                                                        "upgrade",
                                                        "via",
                                                        "x-forwarded-for",
                                                        "www-authenticate"};
    return std::ranges::none_of(
        never, [name](std::string_view word) { return equal_ignoring_case(word, name); });
}

}  // namespace

/// Beast's parser behind a head that says no more than "chunked".
class ChunkDecoder::Parser final : public beast::basic_parser<false> {
public:
    Parser() {
        constexpr std::string_view head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        body_limit(boost::none);
        header_limit(static_cast<std::uint32_t>(max_line_bytes + head.size()));
        error_code ec;
        put(boost::asio::buffer(head), ec);
    }

    std::string_view piece;
    bool begun = false;  // a chunk has been seen
    std::string trailers;

private:
    /// Of extensions, more than what there was of the body beside them: nobody has a use for them
    /// but to keep others busy.
    static constexpr std::size_t max_beside = max_line_bytes;
    std::size_t beside_ = 0;

    using String = boost::beast::string_view;

    void on_request_impl(beast::verb, String, String, int, error_code&) override {}
    void on_response_impl(int, String, int, error_code&) override {}
    void on_field_impl(beast::field, String name, String value, error_code& ec) override {
        if (!begun) return;  // it is the head's
        const std::string_view name_text(name.data(), name.size());
        const std::string_view text(value.data(), value.size());
        if (!is_token(name_text) || !is_field_value(text)) ec = beast::error::bad_value;
        if (may_trail(name_text))
            trailers.append(name_text).append(": ").append(text).append("\r\n");
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(String, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    void on_chunk_header_impl(std::uint64_t, String extensions, error_code& ec) override {
        begun = true;
        const std::string_view text(extensions.data(), extensions.size());
        beside_ += text.size();
        if (beside_ > max_beside || !is_field_value(text)) ec = beast::error::bad_chunk_extension;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, String body, error_code&) override {
        piece = {body.data(), body.size()};
        beside_ -= std::min<std::size_t>(beside_, body.size());
        return body.size();
    }
};

ChunkDecoder::ChunkDecoder() : parser_(std::make_unique<Parser>()) {}
ChunkDecoder::ChunkDecoder(ChunkDecoder&&) noexcept = default;
ChunkDecoder::~ChunkDecoder() = default;

result<std::size_t> ChunkDecoder::decode(std::string_view coded) {
    parser_->piece = {};
    // Beast asserts that the last chunk is seen whole when it is the first.
    constexpr std::size_t shortest_body = 5;  // `0`, CRLF, CRLF
    if (coded.empty() || (!parser_->begun && coded.size() < shortest_body)) return 0UL;
    error_code ec;
    const auto used = parser_->put(boost::asio::buffer(coded.data(), coded.size()), ec);
    if (ec && ec != beast::error::need_more) return Errc::malformed;
    const bool stuck = used == 0 && !finished();
    if (stuck && coded.size() > max_line_bytes) return Errc::malformed;
    return used;
}

std::string_view ChunkDecoder::piece() const noexcept { return parser_->piece; }
bool ChunkDecoder::finished() const noexcept { return parser_->is_done(); }
const std::string& ChunkDecoder::trailers() const noexcept { return parser_->trailers; }

}  // namespace nettool::http
